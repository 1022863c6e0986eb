import { readFileSync } from 'node:fs';

/** The version of the whole product stands in the package.json of the checkout; the same from src and from dist. */
const PACKAGE = new URL('../../../package.json', import.meta.url);

/** Semantic version of this build, e.g. `1.4.0`. */
export const VERSION = (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;

/** What `--version` prints. @param commit of PARLEY_COMMIT; empty or undefined: not known. */
export function versionLine(commit: string | undefined): string {
  return `parley ${VERSION}${commit ? ` (${commit})` : ''}`;
}
