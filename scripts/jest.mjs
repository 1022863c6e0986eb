// `node ../scripts/jest.mjs <name> [arguments for jest]`, from a project's package.json: jest, with its results in
// test-results/<name>.json too, for `npm test` to sum up.
import { mkdirSync } from 'node:fs';
import { run } from 'jest';

/** A suite that forgot to close a server or a browser would keep the run from ever ending. */
const LINGER_MS = 10_000;

const [name, ...args] = process.argv.slice(2);
mkdirSync('test-results', { recursive: true }); // jest does not make the folder
await run([...args, '--json', `--outputFile=test-results/${name}.json`]);
setTimeout(() => {
  process.stderr.write('Ended by force: a test has left something open.\n');
  process.exit(); // with jest's exit code
}, LINGER_MS).unref();
