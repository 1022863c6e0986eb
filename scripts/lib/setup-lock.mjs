import { randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './root.mjs';
import { Complaint, endChildren, say } from './terminal.mjs';

/** `beatMs` is how often a holder touches the file, `staleMs` how long a file may stay untouched. */
const DEFAULTS = {
  folder: inRoot('.nx'),
  beatMs: 1_000,
  staleMs: 10_000,
  pollMs: 200,
  giveUpMs: 60 * 60_000,
};

/**
 * Only one process at a time installs and builds in this checkout: `npm test` in a second window waits for the
 * `npm start` in the first one.
 *
 * The lock is a file that its holder touches every second; a file that nobody touches is taken over. So it needs no
 * process id, which says nothing after a power cut or in another container, and no content, which a full disk may have
 * kept from being written. Waiters compare the file with what it was before, not with their clock. A holder that was
 * suspended for so long that another process has taken over ends itself.
 *
 * @throws Complaint when the folder cannot be written to, or the holder works for longer than `giveUpMs`.
 */
export async function withSetupLock(work, options = {}) {
  const lock = new SetupLock({ ...DEFAULTS, ...options });
  await lock.take();
  process.once('exit', lock.release);
  try {
    return await work();
  } finally {
    lock.release();
    process.off('exit', lock.release);
  }
}

class SetupLock {
  #options;
  #file;
  #beat;
  #token = `${process.pid} ${hostname()} ${randomUUID()}\n`;

  constructor(options) {
    this.#options = options;
    this.#file = join(options.folder, 'parley-set-up.lock');
  }

  async take() {
    const { pollMs, staleMs, beatMs, giveUpMs } = this.#options;
    const start = performance.now();
    let last = start;
    let state;
    let untouchedMs = 0;
    let reported = '';
    while (!this.#create()) {
      const now = performance.now();
      const current = stateOf(this.#file);
      const isTouched = state !== undefined && current !== undefined && current !== state;
      // Only time that this process was awake counts: after the machine has slept, the holder needs a moment too.
      untouchedMs = current === state ? untouchedMs + Math.min(now - last, 2 * pollMs) : 0;
      state = current;
      last = now;
      if (isTouched && reported !== 'alive') {
        reported = 'alive';
        say(`${this.#holder()} is installing or building here; waiting for it. Lock file: ${this.#file}`);
      }
      if (reported === '' && untouchedMs > 2 * beatMs) {
        reported = 'silent';
        say(
          `The holder of ${this.#file} shows no sign of life. Its lock is taken over after ${staleMs / 1000} s.`,
        );
      }
      if (untouchedMs > staleMs) {
        if (await this.#takeOver()) break;
        untouchedMs = 0;
      }
      if (now - start > giveUpMs) throw this.#tooLong();
      await sleep(pollMs);
    }
    this.#beat = setInterval(() => this.#keep(), beatMs);
  }

  release = () => {
    clearInterval(this.#beat);
    if (this.#isMine()) rmSync(this.#file, { force: true });
  };

  /** @returns false when the file exists. */
  #create() {
    let file;
    try {
      mkdirSync(this.#options.folder, { recursive: true });
      file = openSync(this.#file, 'wx');
      writeFileSync(file, this.#token);
      return true;
    } catch (error) {
      if (error.code === 'EEXIST') return false;
      if (file !== undefined) rmSync(this.#file, { force: true });
      throw this.#unusable(error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** Of several waiters that replace the file at once, the last one has the lock. */
  async #takeOver() {
    const mine = `${this.#file}.${randomUUID()}`;
    try {
      writeFileSync(mine, this.#token);
      renameSync(mine, this.#file);
    } catch (error) {
      rmSync(mine, { force: true });
      throw this.#unusable(error);
    }
    await sleep(2 * this.#options.beatMs);
    return this.#touch();
  }

  #keep() {
    try {
      if (this.#touch()) return;
    } catch {
      return; // the next beat may succeed; after `staleMs` without one the lock is another process's, which shows then
    }
    clearInterval(this.#beat);
    process.stderr.write(`${this.#file} was taken over, because this process did not respond. It ends.\n`);
    endChildren('SIGTERM');
  }

  /** @returns false when the file is another process's, or removed. */
  #touch() {
    if (!this.#isMine()) return false;
    const now = new Date();
    utimesSync(this.#file, now, now);
    return true;
  }

  #isMine() {
    return contentOf(this.#file) === this.#token;
  }

  #holder() {
    const [pid, host] = contentOf(this.#file)?.split(' ') ?? [];
    return host ? `Process ${pid} on ${host}` : 'Another process';
  }

  #tooLong() {
    const minutes = Math.round(this.#options.giveUpMs / 60_000);
    return new Complaint(
      `${this.#holder()} has been installing or building here for ${minutes} minutes. ` +
        `End that process, or remove its lock file ${this.#file}, then try again.`,
    );
  }

  #unusable({ code }) {
    const { folder } = this.#options;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return new Complaint(`The disk that holds ${folder} is full. Free some space, then try again.`);
    }
    return new Complaint(
      `${folder} cannot be written to (${code}). Start Parley as the user who owns this folder.`,
    );
  }
}

/** Changes with every touch, and with every new holder. Undefined when there is no file. */
function stateOf(file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.mtimeMs}`;
}

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
