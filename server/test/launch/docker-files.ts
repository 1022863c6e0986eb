import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../../..');

/** A file of the repository, by its path in it. */
export const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Has docker/secrets.sh make what it makes (`made`), in a folder that lasts as long as the tests of the file. */
export function setUpSecrets(): { folder: string; made: string } {
  const folder = mkdtempSync(join(tmpdir(), 'parley-compose-'));
  beforeAll(() => {
    copyFileSync(join(ROOT, 'docker/secrets.sh'), join(folder, 'secrets.sh'));
    execFileSync('sh', [join(folder, 'secrets.sh')]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return { folder, made: join(folder, 'secrets') };
}
