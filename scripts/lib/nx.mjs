import { delimiter, dirname } from 'node:path';
import { inRoot, ROOT } from './root.mjs';

/** Windows calls it `Path`. */
const PATH = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';

/** Nx runs the tasks and remembers their results, and that is all it may do: no daemon, no cloud, no questions. */
const ENVIRONMENT = {
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  NX_ANALYTICS: 'false',
  NX_INTERACTIVE: 'false',
  // Left unset, it is in the home directory, and every clone takes the test results of every other one.
  NX_CACHE_DIRECTORY: inRoot('.nx', 'cache'),
  // The Node that runs us runs the tasks too, and its version is what Nx takes into their hashes.
  [PATH]: `${dirname(process.execPath)}${delimiter}${process.env[PATH] ?? ''}`,
};

/** @returns program, arguments and options to start Nx with. */
export function nx(args) {
  const options = { cwd: ROOT, env: { ...process.env, ...ENVIRONMENT } };
  return [
    process.execPath,
    [inRoot('node_modules', 'nx', 'dist', 'bin', 'nx.js'), ...args, '--outputStyle=stream'],
    options,
  ];
}
