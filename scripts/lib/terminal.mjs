import { spawn } from 'node:child_process';

export const say = (line) => process.stdout.write(`${line}\n`);

/** What a person should read instead of a stack trace; scripts end with exit code 1 on it. */
export class Complaint extends Error {}

const STILL_THERE_MS = 10_000;

/**
 * A step that takes a while, with a sign of life every ten seconds. Whatever the command says is shown only when it
 * fails.
 */
export async function step(title, file, args, options = {}) {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  say(`${title} …`);
  const alive = setInterval(() => say(`  still at it, ${seconds()} s`), STILL_THERE_MS);
  try {
    const { code, output } = await capture(file, args, options);
    if (ending) return new Promise(() => {}); // the process is about to end: nothing to add
    if (code !== 0) {
      process.stderr.write(output);
      throw new Complaint(`${title} failed, for the reason above.`);
    }
    say(`  done in ${seconds()} s`);
  } finally {
    clearInterval(alive);
  }
}

async function capture(file, args, options) {
  const child = startChild(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return { code: await ended(child), output };
}

/** With everything shown as it comes. @returns the exit code. */
export const show = (file, args, options = {}) =>
  ended(startChild(file, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] }));

const children = new Set();

/** Ends with us. */
export function startChild(file, args, options) {
  const child = spawn(file, args, { windowsHide: true, ...options });
  children.add(child);
  child.once('close', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
    child.once('error', (error) =>
      reject(new Complaint(`${child.spawnfile} cannot be started: ${error.message}`)),
    );
  });
}

const TIMEOUT_MS = 5_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

let ending = false;

const leave = () => process.exit(130);

/** Ends all children, by force after five seconds, and then this process. */
export function endChildren(signal) {
  ending = true;
  for (const child of children) child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  void Promise.all([...children].map((child) => new Promise((gone) => child.once('close', gone)))).then(
    leave,
  );
  // Children that do not care must not keep us here.
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
    leave();
  }, TIMEOUT_MS);
}

/** While set-up runs, a signal ends its children and then us. @returns a function that takes this back. */
export function endChildrenOnSignals() {
  for (const signal of SIGNALS) process.on(signal, endChildren);
  return () => SIGNALS.forEach((signal) => process.off(signal, endChildren));
}
