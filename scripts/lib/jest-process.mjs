// `node jest-process.mjs <results file> [arguments for jest]`: one run of jest, which leaves its results in that file.
import { run } from 'jest';

/** A suite that forgot to close a server or a browser would keep the run from ever ending. */
const LINGER_MS = 10_000;

const [results, ...args] = process.argv.slice(2);
await run([...args, '--json', `--outputFile=${results}`]);
setTimeout(() => {
  process.stderr.write('Ended by force: a test has left something open.\n');
  process.exit(); // with jest's exit code
}, LINGER_MS).unref();
