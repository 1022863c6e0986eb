import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { nx } from './nx.mjs';
import { inRoot } from './root.mjs';
import { step } from './terminal.mjs';

const SHARED_FILES = ['package-lock.json', 'tsconfig.base.json', 'nx.json'];
const NOT_SOURCES = new Set(['node_modules', 'test-results']);
const STAMP = inRoot('node_modules', '.parley-build');

/**
 * Builds these workspaces and what they need (all when undefined). Nx is asked only when the text of a source or of an
 * output is not as the last build left it: without its daemon it writes every output again from its cache, also
 * beneath a server that runs from them.
 */
export async function build(workspaces) {
  const sources = fingerprint(isSource);
  const built = () => [sources, fingerprint(isOutput), ...(workspaces ?? [])].join(' ');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === built()) return;
  rmSync(STAMP, { force: true });
  const only = workspaces ? ['-p', ...workspaces.map((name) => `@parley/${name}`)] : [];
  await step('Building', ...nx(['run-many', '-t', 'build', ...only]));
  // What was edited meanwhile may not be in it.
  if (sources === fingerprint(isSource)) writeFileSync(STAMP, built());
}

const isOutput = (path) => path.includes(`${sep}dist${sep}`);
const isSource = (path) => !isOutput(path);

/** Of the texts of these files. */
function fingerprint(isWanted) {
  const { workspaces } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const files = [
    ...workspaces.flatMap((name) => filesIn(inRoot(name))),
    ...SHARED_FILES.map((name) => inRoot(name)),
  ];
  const hash = createHash('sha256');
  for (const file of files.filter(isWanted)) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_SOURCES.has(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesIn(path);
      return entry.isFile() ? [path] : [];
    });
}
