import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { npm } from './npm.mjs';
import { inRoot } from './root.mjs';
import { step } from './terminal.mjs';

const STAMP = inRoot('node_modules', '.parley-install');
/** npm's own list of what is installed: it is there after any `npm ci` or `npm install` that ended well. */
const NPM_LIST = inRoot('node_modules', '.package-lock.json');
const UNFINISHED = 'unfinished\n';
/** All of it whatever NODE_ENV and npm's settings say: builds need devDependencies, and the database is optional. */
const OPTIONS = ['--include=dev', '--include=optional', '--loglevel=error'];
/** The workspace of what tests, linters and the formatter need: more than half of all packages, and no build uses it. */
const TOOLS = 'tools';

/** Installs the packages of package-lock.json, unless they are installed already. `withTools`: also those of `tools/`. */
export async function installPackages(withTools) {
  const lock = fingerprint();
  const complete = `${lock} with ${TOOLS}\n`;
  const wanted = withTools ? complete : `${lock}\n`;
  const installed = read(STAMP);
  if (installed === wanted || installed === complete) return;
  // `ci` begins anew; `install` adds what is missing, but trusts what an install that was killed has left.
  const command = existsSync(NPM_LIST) && installed !== UNFINISHED ? ['install', '--no-save'] : ['ci'];
  if (existsSync(NPM_LIST)) writeFileSync(STAMP, UNFINISHED);
  await step(
    'Installing packages (first start, or after an update)',
    ...npm([...command, ...OPTIONS, ...(withTools ? [] : withoutTools())]),
  );
  writeFileSync(STAMP, wanted);
}

function withoutTools() {
  const { workspaces } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const others = workspaces.filter((name) => name !== TOOLS).map((name) => `--workspace=${name}`);
  return [...others, '--include-workspace-root'];
}

/** Packages differ by platform too: think of one checkout shared with a container. */
function fingerprint() {
  const lock = readFileSync(inRoot('package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}`;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
