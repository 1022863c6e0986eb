import { readFileSync } from 'node:fs';
import { inRoot } from './root.mjs';

const USAGE = `npm start -- [option]: installs and builds what is missing, then runs the whole product.
  --version  print the version
  --help     print this
Settings are environment variables or stand in .env: see README.md.`;

/**
 * Answers `--version` and `--help`, and refuses every other word by name (exit code 2), before anything is set up.
 * @returns whether that was all.
 */
export function answerOptions(words) {
  const [word] = words;
  if (word === undefined) return false;
  if (word === '--help') process.stdout.write(`${USAGE}\n`);
  else if (word === '--version') process.stdout.write(`${versionLine()}\n`);
  else {
    process.stderr.write(`${word} is not an option. The options are --version, --help.\n`);
    process.exitCode = 2;
  }
  return true;
}

/** The same as the server's (server/src/version/version.ts), which may not be built yet. */
function versionLine() {
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const commit = process.env.PARLEY_COMMIT;
  return `parley ${version}${commit ? ` (${commit})` : ''}`;
}
