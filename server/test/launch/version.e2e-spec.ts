import { PROTOCOL_VERSION } from '@parley/shared';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, removeFolders, ROOT } from './parley.js';
import { run } from './processes.js';
import { Parley } from '../support/parley.js';

interface Package {
  version: string;
}
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as Package;

afterAll(removeFolders);

/** Exit code and all output of a command. */
async function outcome(
  command: string[],
  cwd = ROOT,
  env: Record<string, string> = {},
): Promise<[unknown, string]> {
  const [file = '', ...args] = command;
  const started = run(file, args, { cwd, env: { ...process.env, PARLEY_COMMIT: '', ...env } });
  return [await started.ended, started.output()];
}

describe('GET /api/version', () => {
  let parley: Parley;
  afterEach(() => parley.stop());

  it('names version and protocol, and no commit when the build names none', async () => {
    parley = await Parley.start();
    const { status, body } = await parley.get('/api/version');
    expect([status, body]).toEqual([200, { version, protocol: PROTOCOL_VERSION }]);
    expect((await parley.get('/api/version/')).body).toEqual(body);
  });

  it('names the commit when PARLEY_COMMIT does', async () => {
    parley = await Parley.start({ PARLEY_COMMIT: '5b4d791' });
    expect((await parley.get('/api/version')).body).toEqual({
      version,
      protocol: PROTOCOL_VERSION,
      commit: '5b4d791',
    });
  });
});

describe('--version', () => {
  it.each([
    'server/dist/serve.js',
    'server/dist/migrate.js',
    'server/dist/backup.js',
    'server/dist/restore.js',
    'scripts/start.mjs',
  ])('%s prints version and commit when nothing is set', async (script) => {
    expect(await outcome(['node', script, '--version'])).toEqual([0, `parley ${version}\n`]);
    const withCommit = await outcome(['node', script, '--version'], ROOT, { PARLEY_COMMIT: '5b4d791' });
    expect(withCommit).toEqual([0, `parley ${version} (5b4d791)\n`]);
  });

  it('npm start -- --version prints it before anything is set up', async () => {
    const folder = newFolder();
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
    expect(await outcome(['npm', 'start', '--silent', '--', '--version'], folder)).toEqual([
      0,
      `parley ${version}\n`,
    ]);
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
  });

  it.each(['server/dist/serve.js', 'scripts/start.mjs'])(
    '%s refuses by name, with exit code 2, an option that it does not have',
    async (script) => {
      expect(await outcome(['node', script, '--verison'])).toEqual([
        2,
        expect.stringMatching(/^--verison is not an option\. The options are --version, --help\.\n$/),
      ]);
    },
  );
});
