/**
 * SQL: when the message `m` disappears, as `Expiry` says it (messages/expiry.ts). Null: never.
 * @param retentionMs RETENTION_DAYS in milliseconds, as a parameter; null: the server has none.
 */
export function expiresAtSql(m: string, retentionMs: string): string {
  return `least(${m}.expires_at, ${m}.created_at + ${retentionMs}::float8 * interval '1 millisecond')`;
}

/** SQL: whether the time of the message `m` is over. */
export function isOverSql(m: string, retentionMs: string): string {
  return `((${expiresAtSql(m, retentionMs)} <= clock_timestamp()) IS TRUE)`;
}
