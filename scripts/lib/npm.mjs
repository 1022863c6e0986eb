import { ROOT } from './root.mjs';

/** The npm that runs us, else the one of the machine. @returns program, arguments and options to start it with. */
export function npm(args) {
  const self = process.env.npm_execpath;
  if (self && /npm-cli\.[cm]?js$/.test(self)) return [process.execPath, [self, ...args], { cwd: ROOT }];
  return ['npm', args, { cwd: ROOT, shell: process.platform === 'win32' }];
}
