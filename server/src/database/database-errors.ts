import { DatabaseError } from 'pg';
import { ChatError } from '../errors/chat-error.js';

/** SQLSTATE classes of errors that no statement causes: connection, resources, operator intervention, system. */
const UNAVAILABLE_CLASSES = ['08', '53', '57', '58'];

/**
 * A statement was sent, but its connection was lost or timed out before the reply. The statement may have been executed,
 * or may still be running.
 */
export class NoReplyError extends Error {
  constructor(cause: Error) {
    super('The database did not reply.', { cause });
  }
}

/** A unique constraint is violated: SQLSTATE 23505. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505';
}

/**
 * Another server locked the rows in another order (deadlock, serialization failure), or stored the same key between the
 * snapshot and the lock of this statement. A repetition can succeed.
 */
export function isLostRace(error: unknown): boolean {
  if (isUniqueViolation(error)) return true;
  return error instanceof DatabaseError && (error.code === '40P01' || error.code === '40001');
}

/** Another session locked a row for longer than `lock_timeout`. Other rows are not affected. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03';
}

/** The table does not exist: SQLSTATE 42P01. */
export function isUndefinedTable(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '42P01';
}

/** The database cannot be reached or cannot work at present. The statement is not the cause. */
export function isConnectionTrouble(error: unknown): boolean {
  if (error instanceof DatabaseError) {
    return (
      error.code !== undefined &&
      (UNAVAILABLE_CLASSES.includes(error.code.slice(0, 2)) || isLockTimeout(error))
    );
  }
  if (error instanceof NoReplyError) return true;
  // Errors of the driver have no SQLSTATE: they are system errors (ECONNREFUSED …), or have only a message.
  if (!(error instanceof Error)) return false;
  return 'errno' in error || 'syscall' in error || /connection|connect|timeout/i.test(error.message);
}

/** The same, also when it is wrapped as a ChatError `unavailable`. Outages are logged in one place (Outage), so not here. */
export function isOutage(error: unknown): boolean {
  return isConnectionTrouble(error) || (error instanceof ChatError && error.code === 'unavailable');
}
