import { Client } from 'pg';

/** One statement as the application sent it. */
export interface Statement {
  /** Name of the prepared statement; the SQL itself where it has none. */
  name: string;
  text: string;
  values: unknown[];
}

/** What a server asks by itself, now and then. */
const BACKGROUND = new Set<string | undefined>(['health-probe', 'messages-expire', 'push-due', 'push-read']);

type Query = (this: Client, ...args: unknown[]) => unknown;

/**
 * Everything that is said to PostgreSQL from this process while `run` runs, passed through unchanged. So run nothing
 * else meanwhile, and no SQL of the test's own.
 */
export async function statementsOf(run: () => Promise<unknown>): Promise<Statement[]> {
  const prototype = Client.prototype as unknown as { query: Query };
  const passOn = prototype.query;
  const statements: Statement[] = [];
  prototype.query = function (...args) {
    const [query, values] = args;
    if (typeof query === 'string') {
      statements.push({ name: query, text: query, values: Array.isArray(values) ? values : [] });
    } else {
      const { name, text, values: bound } = query as { name?: string; text: string; values?: unknown[] };
      if (!BACKGROUND.has(name) && !name?.startsWith('search-index-')) {
        statements.push({ name: name ?? text, text, values: bound ?? [] });
      }
    }
    return passOn.apply(this, args);
  };
  try {
    await run();
  } finally {
    prototype.query = passOn;
  }
  return statements;
}

/** The names alone: how often, and what. */
export async function statementNamesOf(run: () => Promise<unknown>): Promise<string[]> {
  return (await statementsOf(run)).map(({ name }) => name);
}

/**
 * The same without what presence asks: it has its own time, and on a slow machine that of users who came or left before falls into
 * what is measured.
 */
export async function ownStatementsOf(run: () => Promise<unknown>): Promise<string[]> {
  return (await statementNamesOf(run)).filter((name) => name !== 'rooms-peers');
}
