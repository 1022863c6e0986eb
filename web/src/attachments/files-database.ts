/** Name of the database with the files that are to be sent. */
export const FILES_DATABASE = 'parley-files';
