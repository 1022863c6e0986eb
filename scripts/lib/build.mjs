import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nx } from './nx.mjs';
import { inRoot } from './root.mjs';
import { step } from './terminal.mjs';

const PROJECTS = ['shared', 'client', 'embedded-postgres', 'server', 'web'];
const SHARED_FILES = ['package-lock.json', 'tsconfig.base.json', 'nx.json'];
const NOT_SOURCES = new Set(['node_modules', 'dist', 'test-results', 'data']);
const STAMP = inRoot('node_modules', '.parley-build');

/**
 * Builds what has changed. Nx knows what that is, but takes a second to say "nothing": so it is asked only when the
 * text of any source file, or anything at all in the output, is not as the last build left it.
 */
export async function buildAll(projects = PROJECTS) {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint()) return;
  rmSync(STAMP, { force: true });
  const sources = sourcesFingerprint();
  await step(
    'Building',
    ...nx(['run-many', '-t', 'build', '-p', ...projects.map((name) => `@parley/${name}`)]),
  );
  // Edited while it was built: not to be trusted next time.
  const isWhole = projects.length === PROJECTS.length && sources === sourcesFingerprint();
  if (isWhole) writeFileSync(STAMP, fingerprint());
}

const fingerprint = () => `${sourcesFingerprint()} ${outputsFingerprint()}\n`;

function sourcesFingerprint() {
  const hash = createHash('sha256');
  const files = PROJECTS.flatMap((project) => filesIn(inRoot(project), (name) => !NOT_SOURCES.has(name)));
  for (const file of [...SHARED_FILES.map((name) => inRoot(name)), ...files]) {
    hash.update(`${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Outputs are only ever written by builds, so that their size and time are enough. */
function outputsFingerprint() {
  const hash = createHash('sha256');
  for (const file of PROJECTS.flatMap((project) => filesIn(inRoot(project, 'dist')))) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex');
}

function filesIn(folder, wanted = () => true) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => wanted(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesIn(path, wanted);
      return entry.isFile() ? [path] : [];
    });
}
