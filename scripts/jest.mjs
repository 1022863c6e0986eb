// `node ../scripts/jest.mjs <name> [arguments for jest]`, from a project's package.json: jest, with its results in
// test-results/<name>.json too, for `npm test` to sum up. Files that failed run once more, alone:
// docs/decisions/0049-report-flaky-tests.md.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesToRepeat, joinRuns } from './lib/flaky.mjs';
import { endChildrenOnSignals, say, show } from './lib/terminal.mjs';
import { readResults } from './lib/test-results.mjs';

const JEST = fileURLToPath(new URL('lib/jest-process.mjs', import.meta.url));

/** Tiers that mostly wait for processes and deadlines. Those that compute give way to them: decision 84. */
const WAITING = new Set(['launch', 'faults', 'measured', 'budgets']);
const LOWER_PRIORITY = 5;

const [name, ...args] = process.argv.slice(2);
const results = `test-results/${name}.json`;
const resultsOfRepetition = `test-results/${name}.repeated.json`;

endChildrenOnSignals();
if (!WAITING.has(name)) setPriority(LOWER_PRIORITY);
mkdirSync('test-results', { recursive: true }); // jest does not make the folder
rmSync(resultsOfRepetition, { force: true });

const when = process.env.RERUN_FAILED;
let code = when === 'only' ? 1 : await firstRun();
if (code !== 0 && when !== 'off' && when !== 'later') code = await repeatFailed();
process.exit(code);

async function firstRun() {
  rmSync(results, { force: true });
  const exitCode = await runJest(results, args);
  const first = readResults(results);
  // Something else than a test has failed, such as the global teardown: the results must not say the opposite.
  if (exitCode !== 0 && first?.success) writeFileSync(results, JSON.stringify({ ...first, success: false }));
  return exitCode;
}

async function repeatFailed() {
  const first = readResults(results);
  const files = filesToRepeat(first);
  if (files.length === 0) return code;
  say(`Failed; running once more, alone: ${files.map((file) => relative('.', file)).join(', ')}`);
  const codeOfRepetition = await runJest(resultsOfRepetition, [
    ...args,
    '--maxWorkers=1',
    '--runTestsByPath',
    ...files,
  ]);
  const both = joinRuns(first, readResults(resultsOfRepetition));
  const success = both.success && codeOfRepetition === 0;
  writeFileSync(results, JSON.stringify({ ...both, success }));
  return success ? 0 : 1;
}

function runJest(path, jestArgs) {
  return show(process.execPath, [JEST, path, ...jestArgs]);
}
