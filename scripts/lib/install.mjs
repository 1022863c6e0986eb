import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { npm } from './npm.mjs';
import { inRoot } from './root.mjs';
import { step } from './terminal.mjs';

const STAMP = inRoot('node_modules', '.parley-install');

/** Installs the packages of package-lock.json, unless exactly these are installed already. */
export async function installPackages() {
  const wanted = fingerprint();
  if (read(STAMP) === wanted) return;
  if (!isInstalledByHand()) {
    // All of it whatever NODE_ENV and npm's settings say: it builds here, and brings its database as an option.
    const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error'];
    await step('Installing packages (first start, or after an update)', ...npm(args));
  }
  writeFileSync(STAMP, wanted);
}

/** Packages differ by platform too: think of one checkout shared with a container. */
function fingerprint() {
  const lock = readFileSync(inRoot('package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** `npm ci` or `npm install` was run already: npm leaves a list of what it has put there. */
function isInstalledByHand() {
  const installed = packagesOf(inRoot('node_modules', '.package-lock.json'));
  const locked = packagesOf(inRoot('package-lock.json'));
  if (!installed || !locked) return false;
  return Object.entries(locked).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true;
    const isHere = installed[path] && existsSync(inRoot(path));
    if (!isHere) return mayBeMissing(wanted);
    return wanted.link || installed[path].version === wanted.version;
  });
}

/** Packages for other machines are, and with them what only they need. */
function mayBeMissing({ optional, peer, os, cpu, libc }) {
  if (peer) return true;
  if (!optional) return false;
  const isForOurs = [
    [os, process.platform],
    [cpu, process.arch],
    [libc, ourLibc()],
  ].every(([list, ours]) => !list || list.includes(ours));
  return !isForOurs || !(os || cpu || libc);
}

const ourLibc = () => (process.report?.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl');

function packagesOf(lockFile) {
  const text = read(lockFile);
  return text && JSON.parse(text).packages;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
