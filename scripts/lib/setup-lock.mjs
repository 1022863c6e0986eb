import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './root.mjs';
import { Complaint, say } from './terminal.mjs';

const FOLDER = inRoot('.nx');
const FILE = inRoot('.nx', 'parley-set-up.lock');
const POLL_MS = 200;

/**
 * One at a time installs and builds in this checkout: `npm test` in a second window waits for the `npm start` in the
 * first one.
 */
export async function withSetupLock(work) {
  let told = false;
  while (!take()) {
    if (!told) say('Another window is installing or building here; waiting for it …');
    told = true;
    await sleep(POLL_MS);
  }
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

const release = () => rmSync(FILE, { force: true });

function take() {
  try {
    mkdirSync(FOLDER, { recursive: true });
    const file = openSync(FILE, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw new Complaint(
        `${FOLDER} cannot be written to (${error.code}). Start Parley as the user who owns this folder.`,
      );
    }
    if (!holderIsAlive()) rmSync(FILE, { force: true });
    return false;
  }
}

function holderIsAlive() {
  try {
    const pid = Number(readFileSync(FILE, 'utf8'));
    if (!pid) return true; // being written at this moment
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
