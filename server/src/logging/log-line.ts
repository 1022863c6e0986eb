import { DatabaseError } from 'pg';

/** A log line: a sentence, and fields to search by. It contains no text of users, no token and no database URL. */
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
 * An error as fields of a log line. The message is left out if it may quote a user's text: errors of SQLSTATE class 22
 * (invalid values), and of a text that is not JSON.
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
