import { text as textOfStream } from 'node:stream/consumers';
import { Client, defaults } from 'pg';
import { Admin, type Ended, type Queries, type Target } from './admin/admin.js';
import { tableOf, textOf } from './admin/table.js';
import { cleanStorage } from './attachments/clean-up.js';
import { openStorage } from './attachments/storage/open-storage.js';
import { CommandError, readArguments, runCommand, say } from './backup/command.js';
import { withEmbeddedDatabase } from './backup/embedded-database.js';
import { readConfig, type Config } from './config/config.js';
import { migrationStatus } from './database/migrator.js';
import { schemaProblem } from './database/schema.js';
import { UsageError } from './launch/arguments.js';
import { assertDatabaseUsable } from './launch/database-check.js';
import { loadEnvFile } from './launch/env-file.js';
import { inviteUrl } from './launch/warnings.js';
import { VERSION, versionLine } from './version/version.js';

// `npm run admin`: accounts, invites, sessions, access tokens and reports, while servers run or not.

const USAGE = `npm run admin -- COMMAND [option]: accounts, invites, sessions, access tokens and reports of AUTH_MODE=accounts, and stored files.
It works on the database of DATABASE_URL, else on the embedded one of DATA_DIR, while servers run or not.
  user:list
  user:create NAME      make a user with an account; prints its password
  user:disable NAME     the user cannot log in, and all sessions and access tokens end
  user:enable NAME
  user:delete NAME      delete the account for good, with --messages
  user:reset NAME       set a new password, which is printed; all sessions and access tokens end, passkeys and identities are removed
  invite:create         print a link with which people register
  invite:list
  session:list [NAME]   all sessions, or those of a user
  session:end ID        end one session; its sockets are closed within a second
  token:list [NAME]     all access tokens of programs, or those of a user
  token:end ID          end one access token; its sockets are closed within a second
  report:list           the reports of chats, the newest first
  report:show ID        a report with the messages that it is about
  report:delete ID      delete a report that is dealt with
  storage:clean         remove files that no message has, and find attachments without a file (in any AUTH_MODE)
  --dry-run             of storage:clean: remove nothing
  --display-name TEXT   of user:create [NAME]
  --password-stdin      of user:create and user:reset: read the password from standard input, and print none
  --messages keep       of user:delete: the other members keep the texts of the messages;
             remove     they are removed
  --uses N              of invite:create: how many people may use it [1]
  --days N              of invite:create: how long it is valid [7]
  --user NAME, --all    of session:end and token:end: all of a user, or of everyone
  --json                print JSON
  --version             print the version
  --help                print this
Exit codes: 0 done; 1 failed; 2 wrong use; 3 there is no such user, session, access token or report; 4 attachments have no file;
130 stopped.`;

/** Exit code: messages have attachments whose files are lost. */
const FILES_MISSING = 4;
const MAX_DAYS = 365;
const MAX_USES = 10_000;

type Values = ReturnType<typeof readOptions>['values'];
type Command = (
  admin: Admin,
  args: string[],
  values: Values,
  config: Config,
  database: Queries,
) => Promise<Result>;
/** What is printed: `data` with --json, else the text. */
interface Result {
  data: unknown;
  text: string;
  /** 0 when absent. */
  exitCode?: number;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'user:list': async (admin) => list(await admin.users(), 'There are no users.'),
  'user:create': async (admin, args, values) => {
    const name = only(args, 'NAME');
    const made = await admin.createUser(name, values['display-name'] ?? name, await passwordOf(values));
    return { data: made, text: `${made.username} can log in${passwordText(made)}` };
  },
  'user:disable': (admin, args) => setDisabled(admin, only(args, 'NAME'), true),
  'user:enable': (admin, args) => setDisabled(admin, only(args, 'NAME'), false),
  'user:delete': async (admin, args, { messages }) => {
    const name = only(args, 'NAME');
    if (messages !== 'keep' && messages !== 'remove') throw new UsageError('Give --messages keep or remove.');
    const done = await admin.deleteUser(name, messages === 'remove');
    const texts = messages === 'remove' ? ' A server removes the texts: one that runs now, or the next.' : '';
    return {
      data: done,
      text: `${done.username} is deleted, and ${endedText(done)} ended.${texts}`,
    };
  },
  'user:reset': async (admin, args, values) => {
    const made = await admin.resetUser(only(args, 'NAME'), await passwordOf(values));
    return {
      data: made,
      text: `${made.username} has a new password, and ${endedText(made)} ended${passwordText(made)}`,
    };
  },
  'invite:create': async (admin, args, values, config) => {
    none(args);
    const uses = wholeNumber('--uses', values.uses ?? '1', MAX_USES);
    const days = wholeNumber('--days', values.days ?? '7', MAX_DAYS);
    const invite = await admin.createInvite(uses, days);
    const url = inviteUrl(config, invite.code);
    return {
      data: { ...invite, url },
      text: `${url}\nFor ${count(uses, 'registration')}, within ${count(days, 'day')}. Shown once.`,
    };
  },
  'invite:list': async (admin, args) => {
    none(args);
    return list(await admin.invites(), 'There are no invites.');
  },
  'session:list': async (admin, args) =>
    list(await admin.sessions(args.length === 0 ? null : only(args, 'NAME')), 'There are no sessions.'),
  'session:end': async (admin, args, values) => {
    const done = await admin.endSessions(targetOf(args, values));
    return { data: done, text: `${count(done.ended_sessions, 'session')} ended.` };
  },
  'token:list': async (admin, args) =>
    list(await admin.tokens(args.length === 0 ? null : only(args, 'NAME')), 'There are no access tokens.'),
  'token:end': async (admin, args, values) => {
    const done = await admin.endTokens(targetOf(args, values));
    return { data: done, text: `${count(done.ended_tokens, 'access token')} ended.` };
  },
  'report:list': async (admin, args) => {
    none(args);
    return list(await admin.reports(), 'There are no reports.');
  },
  'report:show': async (admin, args) => {
    const found = await admin.report(idIn(args));
    const { messages, ...rest } = found;
    const head = Object.entries(rest).map(([name, value]) => `${name}: ${textOf(value)}`);
    return { data: found, text: [...head, '', tableOf(messages, 'There are no messages.')].join('\n') };
  },
  'report:delete': async (admin, args) => {
    const done = await admin.deleteReport(idIn(args));
    return { data: done, text: `Report ${done.id} is deleted.` };
  },
  'storage:clean': async (_admin, args, values, { attachments }, database) => {
    none(args);
    const isDryRun = values['dry-run'] === true;
    const storage = openStorage(attachments);
    const found = await cleanStorage(database, storage, isDryRun);
    const { orphans, expired, missing } = found;
    const removed = isDryRun ? 'would be removed' : 'removed';
    const lines = [
      `${storage.place}: ${count(expired, 'expired upload')} and ${count(orphans.files, 'orphan')} (${orphans.bytes} bytes) ${removed}.`,
      ...orphans.paths.map((path) => `  ${path}`),
      ...(missing.attachments > 0 ? [`${count(missing.attachments, 'attachment')} without a file:`] : []),
      ...missing.ids.map((id) => `  attachment ${id}`),
    ];
    const exitCode = missing.attachments > 0 ? FILES_MISSING : 0;
    return { data: { ...found, dry_run: isDryRun }, text: lines.join('\n'), exitCode };
  },
};

await runCommand(async () => {
  const { values, positionals } = readOptions();
  const [name, ...args] = positionals;
  if (values.help) return say(USAGE);
  if (values.version) return say(versionLine(process.env.PARLEY_COMMIT));
  if (name === undefined) throw new UsageError('Give a COMMAND. --help lists them.');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`${name} is not a command. --help lists them.`);
  loadEnvFile();
  const config = readConfig(process.env);
  await withDatabase(config, async (database) => {
    const { data, text, exitCode = 0 } = await command(new Admin(database), args, values, config, database);
    say(values.json ? JSON.stringify(data, null, 2) : text);
    process.exitCode = exitCode;
  });
});

function readOptions() {
  return readArguments({
    'display-name': { type: 'string' },
    'password-stdin': { type: 'boolean' },
    messages: { type: 'string' },
    uses: { type: 'string' },
    days: { type: 'string' },
    user: { type: 'string' },
    all: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
    version: { type: 'boolean' },
    help: { type: 'boolean' },
  });
}

async function withDatabase(config: Config, work: (database: Queries) => Promise<void>): Promise<void> {
  // Ids and counters are far below 2^53.
  defaults.parseInt8 = true;
  const run = async (databaseUrl: string) => {
    await assertDatabaseUsable(databaseUrl);
    const problem = schemaProblem(await migrationStatus(databaseUrl), config.allowNewerDatabase, VERSION);
    if (problem !== null) throw new CommandError(problem, 1);
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      await work({
        query: async <Row>({ sql }: { sql: string }, values: unknown[]) =>
          (await client.query(sql, values)).rows as Row[],
      });
    } finally {
      await client.end();
    }
  };
  if (config.databaseUrl) return run(config.databaseUrl);
  return withEmbeddedDatabase(config.dataDir, report, run);
}

/** Standard output is for the result. */
function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function setDisabled(admin: Admin, name: string, isDisabled: boolean): Promise<Result> {
  const done = await admin.setDisabled(name, isDisabled);
  const state = isDisabled ? `is disabled, and ${endedText(done)} ended` : 'can log in again';
  return { data: done, text: `${done.username} ${state}.` };
}

function list(rows: Record<string, unknown>[], empty: string): Result {
  return { data: rows, text: tableOf(rows, empty) };
}

/** The sessions or access tokens that a command ends. */
function targetOf(args: string[], { user, all }: Values): Target {
  const given = [args.length > 0, user !== undefined, all === true].filter(Boolean).length;
  if (given !== 1) throw new UsageError('Give an ID, --user NAME or --all.');
  if (all === true) return 'all';
  if (user !== undefined) return { username: user };
  return { id: wholeNumber('ID', only(args, 'ID'), Number.MAX_SAFE_INTEGER) };
}

function endedText({ ended_sessions: sessions, ended_tokens: tokens }: Ended): string {
  return `${count(sessions, 'session')} and ${count(tokens, 'access token')}`;
}

function count(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`;
}

function passwordText({ password }: { password?: string }): string {
  return password === undefined ? '.' : `. Password: ${password}`;
}

async function passwordOf(values: Values): Promise<string | null> {
  if (!values['password-stdin']) return null;
  return (await textOfStream(process.stdin)).replace(/\r?\n$/, '');
}

function only(args: string[], name: string): string {
  const [value] = args;
  if (value === undefined || args.length > 1) throw new UsageError(`Give one ${name}.`);
  return value;
}

function idIn(args: string[]): number {
  return wholeNumber('ID', only(args, 'ID'), Number.MAX_SAFE_INTEGER);
}

function none(args: string[]): void {
  if (args.length > 0) throw new UsageError(`${args[0]} is not expected here.`);
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^[1-9]\d*$/.test(text) && value <= most) return value;
  throw new UsageError(`${name} must be a whole number from 1 to ${most}.`);
}
