/** What runs here: the answer of `GET /api/version`. */
export interface VersionInfo {
  /** Semantic version of the server. */
  version: string;
  /** Version of the protocol that the sockets speak: that of `hello`. */
  protocol: number;
  /** Commit of the build, where the build says it. */
  commit?: string;
}
