/** Nobody can register a username with this prefix. The rest is the id of the user, so that it stays unique. */
const PREFIX = 'deleted:';

/** The values of `username` and `display_name` of user `u` once the account is deleted. */
export const DELETED_NAMES = `'${PREFIX}' || u.id, 'Deleted account'`;

/** Whether the account of the user in the table or query `u` is not deleted. */
export function notDeletedSql(u: string): string {
  return `${u}.username NOT LIKE '${PREFIX}%'`;
}

export function isDeleted({ username }: { readonly username: string }): boolean {
  return username.startsWith(PREFIX);
}
