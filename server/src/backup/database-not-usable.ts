/** The database cannot be backed up or restored into. The message is a sentence that says what to do. */
export class DatabaseNotUsable extends Error {
  override name = 'DatabaseNotUsable';
}
