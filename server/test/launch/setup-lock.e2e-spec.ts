import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { newFolder, removeFolders, ROOT } from './parley.js';
import { isAlive, run, type Run } from './processes.js';

const MODULE = pathToFileURL(join(ROOT, 'scripts/lib/setup-lock.mjs')).href;
/** As the real one, ten times as fast. */
const TIMES = { beatMs: 100, staleMs: 1_000, pollMs: 20 };
/** A disk that is full is a tiny tmpfs: that takes root, and not every container lets root mount. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
const whenRoot = canMount ? it : it.skip;

let folder: string;
let file: string;
let journal: string;
const runs: Run[] = [];
const mounts: string[] = [];

beforeEach(() => {
  const place = newFolder();
  folder = join(place, '.nx');
  file = join(folder, 'parley-set-up.lock');
  journal = join(place, 'journal');
  mkdirSync(folder);
});
afterEach(async () => {
  for (const { pid, ended } of runs.splice(0)) {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await ended;
  }
  for (const mount of mounts.splice(0)) spawnSync('umount', [mount]);
});
afterAll(removeFolders);

/** A process that sets up for so long, and notes when it begins and ends. */
function setUp(workMs: number, options: Record<string, unknown> = {}): Run {
  const code = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { withSetupLock } from ${JSON.stringify(MODULE)};
    const note = (what) => appendFileSync(${JSON.stringify(journal)}, what + ' ' + process.pid + '\\n');
    try {
      await withSetupLock(async () => { note('begin'); await sleep(${workMs}); note('end'); },
        ${JSON.stringify({ folder, ...TIMES, ...options })});
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }`;
  const child = run(process.execPath, ['--input-type=module', '-e', code]);
  runs.push(child);
  return child;
}

const notes = () => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []);

async function begun(one: Run): Promise<void> {
  for (const giveUp = Date.now() + 10_000; !notes().includes(`begin ${one.pid}`); await sleep(10)) {
    if (Date.now() > giveUp) throw new Error(`it does not begin: ${one.output()}`);
  }
}

/** Every set-up that begins also ends before the next one begins. */
function expectOneAtATime(): void {
  const lines = notes();
  for (let i = 0; i < lines.length; i += 2) {
    expect([lines[i]?.split(' ')[0], lines[i + 1]]).toEqual(['begin', lines[i]?.replace('begin', 'end')]);
  }
}

describe('the set-up lock', () => {
  it('makes a second set-up wait for the first, and says for which process and by which file', async () => {
    const first = setUp(1_500);
    await begun(first);
    const second = setUp(0);
    expect(await second.ended).toBe(0);
    expect(notes()).toEqual([
      `begin ${first.pid}`,
      `end ${first.pid}`,
      `begin ${second.pid}`,
      `end ${second.pid}`,
    ]);
    expect(second.output()).toMatch(
      new RegExp(
        `^Process ${first.pid} on \\S+ is installing or building here; waiting for it\\. Lock file: ${file}\n$`,
      ),
    );
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['is empty, as a full disk leaves it', ''],
    ['names a process id that another program has now', `${process.pid} ${process.pid}`],
    ['names process 1, which is alive in every container', '1'],
  ])('is taken over when its file %s', async (_, content) => {
    writeFileSync(file, content);
    const one = setUp(0);
    expect(await one.ended).toBe(0);
    expect(one.output()).toBe(
      `The holder of ${file} shows no sign of life. Its lock is taken over after 1 s.\n`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over when its holder is killed', async () => {
    const first = setUp(60_000);
    await begun(first);
    process.kill(first.pid, 'SIGKILL');
    expect(await setUp(0).ended).toBe(0);
  });

  it('goes to one waiter at a time when several take over the same file', async () => {
    writeFileSync(file, '');
    const waiters = Array.from({ length: 5 }, () => setUp(200));
    expect(await Promise.all(waiters.map(({ ended }) => ended))).toEqual([0, 0, 0, 0, 0]);
    expect(notes()).toHaveLength(10);
    expectOneAtATime();
  });

  it('goes to the last of several that take over the same file', async () => {
    writeFileSync(file, '');
    const one = setUp(0, { beatMs: 500 });
    for (
      const giveUp = Date.now() + 10_000;
      !readFileSync(file, 'utf8').startsWith(`${one.pid} `);
      await sleep(5)
    ) {
      if (Date.now() > giveUp) throw new Error(`it does not take over: ${one.output()}`);
    }
    writeFileSync(`${file}.other`, 'another');
    renameSync(`${file}.other`, file);
    // Longer than it waits for others.
    await sleep(1_500);
    expect(notes()).toEqual([]);
    rmSync(file);
    expect(await one.ended).toBe(0);
  });

  it('ends a holder that was suspended until another process took over, and stays with that one', async () => {
    const first = setUp(60_000);
    await begun(first);
    process.kill(first.pid, 'SIGSTOP');
    const second = setUp(1_500);
    await begun(second);
    process.kill(first.pid, 'SIGCONT');
    expect(await first.ended).toBe(130);
    expect(first.output()).toContain(`${file} was taken over, because this process did not respond`);
    expect(existsSync(file)).toBe(true);
    expect(await second.ended).toBe(0);
  });

  it('ends the waiting with a sentence when the holder works for longer than the limit', async () => {
    const first = setUp(60_000);
    await begun(first);
    const second = setUp(0, { giveUpMs: 600 });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`remove its lock file ${file}, then try again`);
  });

  whenRoot('says that the disk is full, leaves no file behind, and works once there is room', async () => {
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder]);
    mounts.push(folder);
    const filler = join(folder, 'filler');
    writeFileSync(filler, Buffer.alloc(4_096));
    const one = setUp(0);
    expect(await one.ended).toBe(1);
    expect(one.output()).toBe(`The disk that holds ${folder} is full. Free some space, then try again.\n`);
    expect(readdirSync(folder)).toEqual(['filler']);
    expect(statSync(filler).size).toBe(4_096);

    writeFileSync(filler, '');
    expect(await setUp(0).ended).toBe(0);
  });
});
