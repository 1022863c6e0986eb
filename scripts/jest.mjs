// `node ../scripts/jest.mjs <name> [arguments for jest]`, from a project's package.json: jest, with its results in
// test-results/<name>.json too, for `npm test` to sum up. Files that failed run once more, alone:
// docs/decisions/0049-report-flaky-tests.md.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesToRepeat, joinRuns } from './lib/flaky.mjs';
import { endChildrenOnSignals, say, show } from './lib/terminal.mjs';
import { readResults } from './lib/test-results.mjs';

const JEST = fileURLToPath(new URL('lib/jest-process.mjs', import.meta.url));

const [name, ...args] = process.argv.slice(2);
const results = `test-results/${name}.json`;
const resultsOfRepetition = `test-results/${name}.repeated.json`;

endChildrenOnSignals();
mkdirSync('test-results', { recursive: true }); // jest does not make the folder
for (const path of [results, resultsOfRepetition]) rmSync(path, { force: true });

let code = await runJest(results, args);
const first = readResults(results);
const files = code === 0 ? [] : filesToRepeat(first);
if (files.length > 0) {
  say(`Failed; running once more, alone: ${files.map((file) => relative('.', file)).join(', ')}`);
  const codeOfRepetition = await runJest(resultsOfRepetition, [
    ...args,
    '--maxWorkers=1',
    '--runTestsByPath',
    ...files,
  ]);
  const both = joinRuns(first, readResults(resultsOfRepetition));
  writeFileSync(results, JSON.stringify(both));
  if (both.success) code = codeOfRepetition;
}
process.exit(code);

function runJest(path, jestArgs) {
  return show(process.execPath, [JEST, path, ...jestArgs]);
}
