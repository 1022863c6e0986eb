import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { npm } from './npm.mjs';
import { inRoot, ROOT } from './root.mjs';
import { ended, say, startChild, step } from './terminal.mjs';

/** One version of each line: the oldest that 20 and 22 may be, the recommended one (.nvmrc), the newest. */
export const TESTED_VERSIONS = [
  '20.19.0',
  '22.12.0',
  readFileSync(inRoot('.nvmrc'), 'utf8').trim(),
  '26.10.0',
];

const KEPT = inRoot('node_modules', '.cache', 'parley', 'nodes');
const PROGRESS_MS = 60_000;

/** @returns the path of this version's `node`, which is fetched once. */
export async function fetchNode(version) {
  const folder = join(KEPT, version);
  const program = join(folder, 'package', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(program)) return program;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const [file, args] = npm(['pack', '--silent', `node-${platform}-${process.arch}@${version}`]);
  await step(`Fetching Node ${version}`, file, args, { cwd: unfinished });
  const [archive] = await readdir(unfinished);
  await step(`Unpacking it`, 'tar', ['-xzf', archive], { cwd: unfinished });
  await rename(unfinished, folder);
  return program;
}

/** `npm test` in this clone under this Node; everything it says goes to test-results/node-<version>.log. */
export async function testUnder(version, node, clone) {
  const log = join(ROOT, 'test-results', `node-${version}.log`);
  await mkdir(dirname(log), { recursive: true });
  say(`Testing under Node ${version}; its output: ${log}`);
  const startedAt = Date.now();
  const minutes = () => Math.round((Date.now() - startedAt) / 60_000);
  const progress = setInterval(() => say(`  still at it, ${minutes()} min`), PROGRESS_MS);
  const output = await open(log, 'w');
  try {
    const code = await ended(startNpmTest(node, clone, output.fd));
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    return { version, passed: code === 0, sum: lines.at(-1), minutes: minutes() };
  } finally {
    clearInterval(progress);
    await output.close();
  }
}

function startNpmTest(node, clone, output) {
  const [file, args] = npm(['test']);
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  // npm of the machine, run by the Node under test; a clone has its own everything else.
  for (const name of Object.keys(env)) if (/^(npm_(?!execpath)|NX_|INIT_CWD)/.test(name)) delete env[name];
  return startChild(file === process.execPath ? node : file, args, {
    cwd: clone,
    env,
    stdio: ['ignore', output, output],
  });
}
