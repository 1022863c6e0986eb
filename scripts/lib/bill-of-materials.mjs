import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from './npm.mjs';
import { ROOT } from './root.mjs';

/** Characters: ten times what the packages of today need. */
const MAX_OUTPUT = 16 * 1_048_576;

/**
 * What runs in production, as CycloneDX, by the lock file alone. `npm sbom --omit=dev` leaves out what one workspace needs
 * for its tests, also where another needs it to run (`ws`); so it gets a copy without what tests need.
 * @returns {Promise<{components: {name: string, version: string, purl: string}[]}>}
 */
export async function billOfMaterials() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-sbom-'));
  try {
    const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
    for (const workspace of ['', ...lock.packages[''].workspaces]) {
      delete lock.packages[workspace].devDependencies;
      await copy(folder, join(workspace, 'package.json'), (content) => delete content.devDependencies);
    }
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const args = ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx'];
    const [program, rest, options] = npm(args);
    const settings = { ...options, cwd: folder, maxBuffer: MAX_OUTPUT };
    const { stdout } = await promisify(execFile)(program, rest, settings);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function copy(folder, file, change) {
  const content = JSON.parse(await readFile(join(ROOT, file), 'utf8'));
  await mkdir(dirname(join(folder, file)), { recursive: true });
  change(content);
  await writeFile(join(folder, file), JSON.stringify(content));
}
