/** Name of the database with the files that are to be sent. */
export const FILES_DATABASE = 'parley-files';
/** Name of the database with the voice messages that are being recorded. */
export const RECORDINGS_DATABASE = 'parley-recordings';
