/**
 * Added by a restore to the revision of every room, and to that of the listings of every user. Clients may have revisions that were
 * acked after the backup and are lost now; the restored database would use these numbers again, for other changes. With this
 * advance every client is behind, and `sync` answers with a reset. Nothing changes as often between two backups; 9 million
 * restores reach the largest safe integer.
 */
export const RESTORE_REV_STEP = 1_000_000_000;
