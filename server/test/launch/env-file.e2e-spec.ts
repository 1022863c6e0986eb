import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, readConfig } from '../../src/config/config.js';
import { LaunchError } from '../../src/launch/launch-error.js';
import { loadEnvFile } from '../../src/launch/env-file.js';
import { endRuns, newFolder, removeFolders, ROOT, startParley } from './parley.js';

afterEach(endRuns);
afterAll(removeFolders);

const SECRET = 'hunter2';

function write(content: string | Buffer): string {
  const file = join(newFolder(), '.env');
  writeFileSync(file, content);
  return file;
}
function loaded(content: string | Buffer, env: Record<string, string> = {}): Record<string, string> {
  loadEnvFile(write(content), env);
  return env;
}
/** The sentence with which the file is refused. */
function complaintAbout(file: string): string {
  try {
    loadEnvFile(file, {});
  } catch (error) {
    if (error instanceof LaunchError) return error.message;
    throw error;
  }
  return '';
}
function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

/** A checkout whose parts are links, but for what finds .env beside itself. */
function checkout(): string {
  const root = join(newFolder(), 'checkout');
  mkdirSync(join(root, 'server'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(ROOT, file), join(root, file));
  cpSync(join(ROOT, 'server/package.json'), join(root, 'server/package.json'));
  cpSync(join(ROOT, 'server/dist'), join(root, 'server/dist'), { recursive: true });
  for (const folder of ['node_modules', 'server/node_modules', 'embedded-postgres', 'web']) {
    if (existsSync(join(ROOT, folder))) symlinkSync(join(ROOT, folder), join(root, folder));
  }
  return root;
}

describe('the file .env', () => {
  it('adds its settings where the environment has none', () => {
    const content =
      '\uFEFF# Ours\r\n\r\nPORT=80\r\nexport HOST = "::1" # six\r\nLOG_LEVEL=\'warn\'\r\nDATA_DIR=\r\n';
    expect(loaded(content, { LOG_LEVEL: 'debug' })).toEqual({
      PORT: '80',
      HOST: '::1',
      LOG_LEVEL: 'debug',
      DATA_DIR: '',
    });
  });

  it('need not be there', () => {
    expect(complaintAbout(join(newFolder(), '.env'))).toBe('');
  });

  it.each<[string, string | Buffer, string]>([
    ['UTF-16', Buffer.from(`\uFEFFPASSWORD=${SECRET}\n`, 'utf16le'), 'it is UTF-16, and must be UTF-8'],
    [
      'UTF-16 without a mark',
      Buffer.from(`A=${SECRET}\n`, 'utf16le'),
      'line 1 has characters that are no text',
    ],
    ['random bytes', Buffer.from([0x50, 0x3d, 0x31, 0x0a, 0xc3, 0x28, 0xff, 0x0a]), 'line 2 is not UTF-8'],
    ['a control character', `PORT=1\nHOST=\u0007${SECRET}\n`, 'line 2 has characters that are no text'],
    ['a line without =', `PORT=1\n\n# x\n${SECRET}\n`, 'line 4 is not NAME=value'],
    ['a name with a space', `MY PASSWORD=${SECRET}\n`, 'line 1 is not NAME=value'],
    ['YAML', `DATABASE_URL: ${SECRET}\n`, 'line 1 is not NAME=value'],
    ['an open quote', `PORT=1\nDATABASE_URL="${SECRET}\n`, 'line 2 has a quote that is not closed'],
  ])('is refused by file and line, without its text, when it is %s', (_, content, reason) => {
    const file = write(content);
    const complaint = complaintAbout(file);
    expect(complaint).toContain(`The settings in ${file} cannot be used: ${reason}`);
    expect(complaint).not.toContain(SECRET);
  });

  it('is refused when it is a folder', () => {
    const folder = join(newFolder(), '.env');
    mkdirSync(folder);
    expect(complaintAbout(folder)).toBe(
      `The settings in ${folder} cannot be used: it is a folder. Correct that, or remove the file.`,
    );
  });
});

describe('a misspelt setting', () => {
  it.each([
    ['LOG_LEVL', 'LOG_LEVEL'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['log_level', 'LOG_LEVEL'],
    ['MESSAGES_PER_SECONDS', 'MESSAGES_PER_SECOND'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATBASE_URL', 'DATABASE_URL'],
    ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
    ['PROT', 'PORT'],
    ['HOSTS', 'HOST'],
  ])('%s is refused by name, with the setting that was meant: %s', (name, setting) => {
    expect(mistakesOf({ [name]: 'x' })).toEqual([`${name} is not a setting: did you mean ${setting}?`]);
  });

  it('is reported together with all other mistakes', () => {
    expect(mistakesOf({ PORT: 'x', LOG_LEVL: 'debug' })).toEqual([
      expect.stringMatching(/^PORT must/),
      expect.stringMatching(/^LOG_LEVL is not a setting/),
    ]);
  });

  it('is none when the name may be another program’s', () => {
    const names =
      'HOME HOSTNAME HOSTTYPE POST SORT PATH PWD SERVER_IP SERVER_PORT REDIS_PORT REDIS_HOST DATABASE_PORT REDIS_URL_2 DATABASE_URL2 PORT1 ' +
      'POSTGRES_PASSWORD POSTGRES_USER PGHOST NODE_OPTIONS NODE_EXTRA_CA_CERTS XDG_DATA_DIRS AUTH_CODE LOG_FILE npm_config_loglevel ' +
      'PARLEY_SERVER_PORT REDIS_SERVICE_HOST KUBERNETES_PORT COMPOSE_PROJECT_NAME CHROMIUM_PATH MODEL_RUNS';
    expect(mistakesOf(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])))).toEqual([]);
    expect(mistakesOf(process.env as Record<string, string>)).toEqual([]);
  });
});

describe('every entry reads .env, and refuses one that it cannot read in a sentence', () => {
  it.each([['serve'], ['migrate'], ['start'], ['backup'], ['restore', 'file.gz']])(
    '%s',
    async (name, ...args) => {
      const root = checkout();
      const entry = join(root, `server/dist/${name}.js`);
      const ended = async () => {
        const parley = startParley({}, [process.execPath, entry, ...args]);
        expect(await parley.ended).toBe(1);
        expect(parley.output()).not.toMatch(/^\s+at |node:internal|Error:/m);
        return parley.output();
      };
      writeFileSync(join(root, '.env'), `PORT=8000\nLOG_LEVL=debug\n`);
      expect(await ended()).toContain('LOG_LEVL is not a setting: did you mean LOG_LEVEL?');
      writeFileSync(join(root, '.env'), `PORT=8000\n${SECRET}\n`);
      const output = await ended();
      expect(output).toContain(
        `The settings in ${join(root, '.env')} cannot be used: line 2 is not NAME=value.`,
      );
      // Nothing stands before it, be it a line of the log or of the terminal.
      expect(output).toMatch(/(?:^|"msg":")The settings in /m);
      expect(output).not.toContain(SECRET);
    },
  );
});
