import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { newFolder, removeFolders, ROOT } from './parley.js';

jest.setTimeout(120_000);

const RESULTS = 'shared/test-results/unit.json';
let home: string;
let first: string;

/** Two clones on one machine, as a developer or a build server has them: one home directory, one first commit. */
beforeAll(() => {
  home = newFolder();
  first = join(newFolder(), 'parley');
  const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((name) => name && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(first, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(first, file));
  }
  git(first, 'init', '--quiet');
  git(first, 'add', '--all');
  git(first, '-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '-m', 'All');
  provideModules(first);
});
afterAll(removeFolders);

const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd });
const provideModules = (clone: string) =>
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));

function cloneOf(origin: string): string {
  const clone = join(newFolder(), 'parley');
  execFileSync('git', ['clone', '--quiet', origin, clone]);
  provideModules(clone);
  return clone;
}

/**
 * The unit tests of shared/, as `npm test` runs them; `OTHER_NODE` is a folder whose `node` the tasks find first.
 * @returns whether they ran, and were not taken from a cache.
 */
function runsTests(clone: string, env: Record<string, string> = {}): boolean {
  rmSync(join(clone, RESULTS), { force: true });
  const code = `import { nx } from './scripts/lib/nx.mjs';
    import { show } from './scripts/lib/terminal.mjs';
    const [file, args, { cwd, env }] = nx(['run', '@parley/shared:test']);
    const PATH = [process.env.OTHER_NODE, env.PATH].filter(Boolean).join(${JSON.stringify(delimiter)});
    process.exit(await show(file, args, { cwd, env: { ...env, PATH } }));`;
  const environment = { ...process.env, HOME: home, NX_CACHE_DIRECTORY: '', NX_SKIP_NX_CACHE: '', ...env };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: clone,
    env: environment,
    encoding: 'utf8',
  });
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  expect(JSON.parse(readFileSync(join(clone, RESULTS), 'utf8'))).toMatchObject({ success: true });
  return !stdout.includes('local cache');
}

describe('results of tests', () => {
  it('are never taken from another clone that shares the home directory', () => {
    expect(runsTests(first)).toBe(true);
    expect(runsTests(cloneOf(first))).toBe(true);
    expect(existsSync(join(home, '.nx'))).toBe(false);
  });

  it('are taken from the same clone when nothing has changed, unless the cache is skipped', () => {
    expect(runsTests(first)).toBe(false);
    expect(runsTests(first, { NX_SKIP_NX_CACHE: 'true' })).toBe(true);
  });

  it('are not taken from a run under another version of Node', () => {
    const folder = newFolder();
    const other = `#!/bin/sh\nif [ "$1" = -p ]; then echo v99.0.0; else exec "${process.execPath}" "$@"; fi\n`;
    writeFileSync(join(folder, 'node'), other, { mode: 0o755 });
    expect(runsTests(first)).toBe(false);
    // The tasks run under the Node that runs us, also where the shell finds another one.
    expect(runsTests(first, { PATH: [folder, process.env.PATH].join(delimiter) })).toBe(false);
    expect(runsTests(first, { OTHER_NODE: folder })).toBe(true);
  });
});
