import { DatabaseError } from 'pg';
import { ChatError } from '../errors/chat-error.js';

/** SQLSTATE classes that say «not now», whatever was asked: connection, resources, operator, system. */
const AWAY = ['08', '53', '57', '58'];

/**
 * A statement was sent, and its connection was lost, or timed out, before the reply: it may have been executed, or still
 * be under way.
 */
export class NoReplyError extends Error {
  constructor(cause: Error) {
    super('The database did not reply.', { cause });
  }
}

/** A unique constraint was hit: SQLSTATE 23505. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505';
}

/**
 * Another server locked in another order (deadlock, serialization failure), or stored the same key in the very moment
 * between our snapshot and our lock. The same statement may well succeed now.
 */
export function isLostRace(error: unknown): boolean {
  if (isUniqueViolation(error)) return true;
  return error instanceof DatabaseError && (error.code === '40P01' || error.code === '40001');
}

/** A row stayed locked by somebody else for longer than `lock_timeout`. It is the trouble of that row alone. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03';
}

/** There is no such table: SQLSTATE 42P01. */
export function isUndefinedTable(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '42P01';
}

/** The database cannot be reached or cannot work now; nothing is wrong with the statement. */
export function isConnectionTrouble(error: unknown): boolean {
  if (error instanceof DatabaseError) {
    return error.code !== undefined && (AWAY.includes(error.code.slice(0, 2)) || isLockTimeout(error));
  }
  if (error instanceof NoReplyError) return true;
  // What the driver itself throws has no SQLSTATE: a system error (ECONNREFUSED …), or one of its sentences.
  if (!(error instanceof Error)) return false;
  return 'errno' in error || 'syscall' in error || /connection|connect|timeout/i.test(error.message);
}

/** The same, also as a batch says it to those who wait for it. The outage has its own line in the log. */
export function isOutage(error: unknown): boolean {
  return isConnectionTrouble(error) || (error instanceof ChatError && error.code === 'unavailable');
}
