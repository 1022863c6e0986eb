import { DatabaseError } from 'pg';

/** One line of the log: a sentence, and fields to search by. Nothing of what users write, no token, no address of a database. */
export interface LogLine {
  msg: string;
  [field: string]: string | number | boolean | null | undefined;
}

export function isLogLine(message: unknown): message is LogLine {
  return (
    typeof message === 'object' && message !== null && 'msg' in message && typeof message.msg === 'string'
  );
}

/**
 * An error as fields of a line. Where the message may quote what a user wrote (a value that the database cannot
 * read: SQLSTATE class 22; a text that is no JSON) only its kind and the stack are logged.
 */
export function errorFields(error: unknown): Omit<LogLine, 'msg'> {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { error: error.name, code, stack: quotes(error, code) ? framesOf(error) : error.stack };
}

function quotes(error: Error, code: string | undefined): boolean {
  return error instanceof SyntaxError || (error instanceof DatabaseError && code?.startsWith('22') === true);
}

function framesOf(error: Error): string | undefined {
  return error.stack?.slice(error.stack.indexOf('\n    at '));
}
