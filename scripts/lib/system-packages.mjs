import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Complaint, say, step } from './terminal.mjs';

/** Programs that are not installed, only unpacked. */
const UNPACKED = fileURLToPath(new URL('../../node_modules/.cache/parley/', import.meta.url));

/** Programs that tests need and npm does not have: where they may be, and what Debian calls their package. */
const PROGRAMS = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    paths: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    ],
    aptPackage: 'chromium',
    otherwise: 'macOS: brew install --cask google-chrome; Windows: winget install Google.Chrome',
  },
  // Chromium without windows, with a third of its cost for a page: docs/testing.md.
  'chromium-headless-shell': {
    variable: 'HEADLESS_SHELL_PATH',
    names: ['chromium-headless-shell', 'chrome-headless-shell'],
    paths: [],
    aptPackage: 'chromium-headless-shell',
  },
  'redis-server': {
    variable: 'REDIS_SERVER_PATH',
    names: ['redis-server', 'valkey-server'],
    paths: ['/opt/homebrew/bin/redis-server'],
    aptPackage: 'redis-server',
    otherwise: 'macOS: brew install redis; Windows: run the tests in WSL',
  },
  caddy: {
    variable: 'CADDY_PATH',
    names: ['caddy'],
    paths: ['/opt/homebrew/bin/caddy', join(UNPACKED, 'caddy/usr/bin/caddy')],
    aptPackage: 'caddy',
    // One file that needs nothing else. Installed, it would also begin to serve port 80.
    isOnlyUnpacked: true,
    otherwise: 'macOS: brew install caddy; Windows: run the tests in WSL',
  },
};

/**
 * The path of a program, which is installed with apt where we may do so.
 * @throws Complaint with exactly what to install.
 */
export async function provide(name) {
  const program = PROGRAMS[name];
  const found = find(program);
  if (found) return found;
  const apt = aptGet();
  if (apt) {
    await update(apt);
    await (program.isOnlyUnpacked ? unpack : install)(apt, name, program.aptPackage);
  }
  const installed = find(program);
  if (!installed) throw new Complaint(whatToInstall(name, program));
  return installed;
}

/**
 * The same for a program that tests can do without.
 * @returns undefined when it is not there, and the system's list of packages does not have it or it cannot be installed.
 */
export async function provideIfPossible(name) {
  const program = PROGRAMS[name];
  const found = find(program);
  if (found) return found;
  const apt = aptGet();
  const isKnown = () =>
    spawnSync('apt-cache', ['show', program.aptPackage], { stdio: 'ignore' }).status === 0;
  if (apt && isKnown()) await install(apt, name, program.aptPackage);
  return find(program);
}

const goOn = ({ message }) => say(message);

/** Shows what fails; the calling code says what to do, because it sees that the program is not there. */
async function install(apt, name, aptPackage) {
  await step(
    `Installing ${name} with apt-get`,
    ...apt('install', '-y', '--no-install-recommends', aptPackage),
  ).catch(goOn);
}

async function unpack(apt, name, aptPackage) {
  const folder = join(UNPACKED, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Without a user of its own to become, apt complains of folders that this one cannot read.
  const download = ['-q', '-o', 'APT::Sandbox::User=root', 'download', aptPackage];
  await step(`Fetching ${name} with apt-get`, 'apt-get', download, { cwd: folder }).catch(goOn);
  const [deb] = (await readdir(folder)).filter((file) => file.endsWith('.deb'));
  if (deb) await step(`Unpacking ${name}`, 'dpkg', ['-x', deb, '.'], { cwd: folder }).catch(goOn);
}

/** One broken source among several makes an update fail, and need not matter to us. */
async function update(apt) {
  await step("Updating the system's list of packages", ...apt('update')).catch(goOn);
}

function whatToInstall(name, { aptPackage, otherwise, variable }) {
  return (
    `The tests need ${name}, which is not installed and cannot be installed from here. Install it ` +
    `(Debian, Ubuntu: sudo apt-get install ${aptPackage}; ${otherwise}), or set ${variable} to where it is.`
  );
}

function find({ variable, names, paths }) {
  const configured = process.env[variable];
  if (configured) {
    if (isProgram(configured)) return configured;
    throw new Complaint(
      `${variable} is ${configured}, but there is no such program. Correct it, or unset it.`,
    );
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...paths].find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** How to call apt-get, when there is one and we may. */
function aptGet() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return undefined;
  const isRoot = process.getuid() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return undefined;
  // Through sudo an environment variable only arrives as a word of the command.
  const words = [...(isRoot ? [] : ['sudo', '-n']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  return (...args) => [words[0], [...words.slice(1), ...args]];
}
