import { inRoot, ROOT } from './root.mjs';

/** Nx runs the tasks and remembers their results, and that is all it may do: no daemon, no cloud, no questions. */
const ENVIRONMENT = {
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  NX_ANALYTICS: 'false',
  NX_INTERACTIVE: 'false',
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
