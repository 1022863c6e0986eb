import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newFolder, removeFolders, ROOT } from './parley.js';

afterAll(removeFolders);

const JEST = join(ROOT, 'scripts/jest.mjs');

/** Files of tests. `isFirstRun` differs between the run and the repetition, as only the latter finds a file. */
const FIRST_RUN = `const { existsSync, writeFileSync } = require('node:fs');
  const isFirstRun = !existsSync(__filename + '.ran');
  writeFileSync(__filename + '.ran', '');`;
const ALWAYS_FAILS = `it('never holds', () => expect(1).toBe(2)); it('holds', () => undefined);`;
const FAILS_FIRST = `${FIRST_RUN}
  describe('a server', () => {
    it('answers in time', () => expect(isFirstRun).toBe(false));
    it('answers', () => undefined);
  });`;
const FAILS_DIFFERENTLY = `${FIRST_RUN}
  it('fails in the first run', () => expect(isFirstRun).toBe(false));
  it('fails in the second run', () => expect(isFirstRun).toBe(true));`;
const LOSES_A_TEST = `${FIRST_RUN}
  it('holds', () => undefined);
  if (isFirstRun) it('is there in the first run only', () => expect(1).toBe(2));`;
const KILLS_ITS_SECOND_RUN = `${FIRST_RUN}
  if (!isFirstRun) process.kill(process.pid, 'SIGKILL');
  it('fails in the first run', () => expect(isFirstRun).toBe(false));`;
const DOES_NOT_LOAD = `throw new Error('Does not load');`;
const PASSES = `it('holds', () => undefined);`;

interface NamedTest {
  name: string;
  message: string;
}

interface Outcome {
  code: number | null;
  output: string;
  /** What `npm test` makes of the results. */
  sum: { passed: number; failed: number; failures: NamedTest[]; flaky: NamedTest[]; problems: string[] };
  line: string;
}

/** A workspace with these files of tests, run as the tier `tier`. */
function runTier(tier: string, files: Record<string, string>, env: Record<string, string> = {}): Outcome {
  return runTierIn(workspaceOf(files), tier, env);
}

function workspaceOf(files: Record<string, string>): string {
  const folder = realpathSync(newFolder());
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'jest.config.js'), 'module.exports = { transform: {} };');
  mkdirSync(join(folder, 'tests'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'tests', name), text);
  return folder;
}

function runTierIn(folder: string, tier: string, env: Record<string, string>): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [JEST, tier, 'tests'], {
    cwd: folder,
    // In colours, as under Nx, the output would have escape sequences.
    env: { ...process.env, FORCE_COLOR: '0', RERUN_FAILED: '', ...env },
    encoding: 'utf8',
  });
  const path = join(folder, 'test-results', `${tier}.json`);
  const [sum, line] = summary([{ name: tier, path }]);
  return { code: status, output: stdout + stderr, sum, line };
}

function summary(results: { name: string; path: string }[]): [Outcome['sum'], string] {
  const url = pathToFileURL(join(ROOT, 'scripts/lib/test-results.mjs')).href;
  const code = `import { sumLine, sumUp } from ${JSON.stringify(url)};
    const sum = sumUp(${JSON.stringify(results)});
    process.stdout.write(JSON.stringify([sum, sumLine(sum)]));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return JSON.parse(output) as [Outcome['sum'], string];
}

describe('a test that failed', () => {
  it('is named and counted as flaky when it passes in the repetition', () => {
    const { code, output, sum, line } = runTier('faults', { 'a.test.js': FAILS_FIRST, 'b.test.js': PASSES });
    expect(code).toBe(0);
    expect(line).toBe('3 passed, 0 failed, 1 flaky');
    expect(sum.flaky).toEqual([
      {
        name: expect.stringMatching(/tests\/a\.test\.js › a server answers in time$/),
        message: expect.stringMatching(/Expected: false\n\s*Received: true/),
      },
    ]);
    expect(sum.failures).toEqual([]);
    expect(sum.problems).toEqual([]);
    expect(output).toMatch(/● a server › answers in time/);
    expect(output).toContain('running once more, alone: tests/a.test.js\n');
  });

  it('fails the run when it fails in the repetition too, beside flaky tests of other files', () => {
    const { code, sum, line } = runTier('e2e', { 'a.test.js': ALWAYS_FAILS, 'b.test.js': FAILS_FIRST });
    expect(code).toBe(1);
    expect(line).toBe('3 passed, 1 failed, 1 flaky');
    expect(sum.flaky).toEqual([expect.objectContaining({ name: expect.stringContaining('b.test.js') })]);
    expect(sum.failures).toEqual([
      {
        name: expect.stringMatching(/a\.test\.js › never holds$/),
        message: expect.stringContaining('Expected: 2'),
      },
    ]);
  });

  it('fails the run when another test of its file fails in the repetition, and both count', () => {
    const { code, line, sum } = runTier('launch', { 'a.test.js': FAILS_DIFFERENTLY });
    expect([code, line]).toEqual([1, '0 passed, 2 failed']);
    expect(sum.failures.map(({ name }) => name)).toEqual([
      expect.stringMatching(/fails in the first run$/),
      expect.stringMatching(/fails in the second run$/),
    ]);
  });

  it('fails the run when the repetition does not have it', () => {
    const { code, line } = runTier('measured', { 'a.test.js': LOSES_A_TEST });
    expect([code, line]).toEqual([1, '1 passed, 1 failed']);
  });

  it('fails the run when jest is killed in the repetition', () => {
    const { code, line } = runTier('faults', { 'a.test.js': KILLS_ITS_SECOND_RUN });
    expect([code, line]).toEqual([1, '0 passed, 1 failed']);
  });

  it('is repeated when a tenth of many files failed', () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`${i}.test.js`, i < 4 ? FAILS_FIRST : PASSES]),
    );
    const { code, line } = runTier('e2e', files);
    expect([code, line]).toEqual([0, '44 passed, 0 failed, 4 flaky']);
  });

  it('is not repeated when four of few files failed, a file did not load, or RERUN_FAILED is off', () => {
    const four = Object.fromEntries([1, 2, 3, 4].map((i) => [`${i}.test.js`, FAILS_FIRST]));
    const outcomes = [
      runTier('faults', four),
      runTier('faults', { 'a.test.js': FAILS_FIRST, 'b.test.js': DOES_NOT_LOAD }),
      runTier('faults', { 'a.test.js': FAILS_FIRST }, { RERUN_FAILED: 'off' }),
    ];
    expect(outcomes.map(({ code, line }) => [code, line])).toEqual([
      [1, '4 passed, 4 failed'],
      [1, '1 passed, 1 failed'],
      [1, '1 passed, 1 failed'],
    ]);
    for (const { output, sum } of outcomes) {
      expect(output).not.toContain('running once more');
      expect(sum.failures).toHaveLength(sum.failed);
    }
  });
});

describe('a test that failed while other tiers ran', () => {
  it('is repeated after them, and is flaky when it passes then', () => {
    const folder = workspaceOf({ 'a.test.js': FAILS_FIRST, 'b.test.js': PASSES });
    const first = runTierIn(folder, 'faults', { RERUN_FAILED: 'later' });
    expect([first.code, first.line]).toEqual([1, '2 passed, 1 failed']);
    const second = runTierIn(folder, 'faults', { RERUN_FAILED: 'only' });
    expect([second.code, second.line]).toEqual([0, '3 passed, 0 failed, 1 flaky']);
    expect(second.output).toContain('running once more, alone: tests/a.test.js\n');
  });

  it('fails the run when it fails again', () => {
    const folder = workspaceOf({ 'a.test.js': ALWAYS_FAILS });
    runTierIn(folder, 'faults', { RERUN_FAILED: 'later' });
    const { code, line, sum } = runTierIn(folder, 'faults', { RERUN_FAILED: 'only' });
    expect([code, line]).toEqual([1, '1 passed, 1 failed']);
    expect(sum.failures).toEqual([
      { name: expect.stringMatching(/a\.test\.js › never holds$/), message: expect.any(String) },
    ]);
  });
});

describe('a run of jest', () => {
  it('fails when something beside the tests fails, such as the global teardown', () => {
    const folder = workspaceOf({ 'a.test.js': PASSES });
    writeFileSync(join(folder, 'teardown.js'), `module.exports = () => { throw new Error('left open'); };`);
    writeFileSync(
      join(folder, 'jest.config.js'),
      `module.exports = { transform: {}, globalTeardown: '<rootDir>/teardown.js' };`,
    );
    const { code, sum } = runTierIn(folder, 'faults', { RERUN_FAILED: 'later' });
    expect(code).not.toBe(0);
    expect(sum.problems).toHaveLength(1);
  });

  it('fails when jest is killed before it wrote results', () => {
    const killsJest = `process.kill(process.pid, 'SIGKILL');`;
    const { code, sum } = runTier('faults', { 'a.test.js': killsJest });
    expect(code).not.toBe(0);
    expect(sum.problems).toEqual([expect.stringContaining('did not run to its end')]);
  });

  it('leaves no results of an earlier run behind when it is killed', () => {
    const folder = realpathSync(newFolder());
    mkdirSync(join(folder, 'test-results'));
    const path = join(folder, 'test-results', 'unit.json');
    writeFileSync(path, '{}');
    writeFileSync(join(folder, 'jest.config.js'), `process.kill(process.pid, 'SIGKILL');`);
    expect(spawnSync(process.execPath, [JEST, 'unit'], { cwd: folder }).status).not.toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});
