import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, removeFolders, ROOT } from '../launch/parley.js';
import { run } from '../launch/processes.js';
import { Parley } from '../support/parley.js';

jest.setTimeout(120_000);

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(async () => {
  await parley.stop();
  removeFolders();
});

/** The URL of a database that does not exist, on the same server. */
function restoredUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/restored_${randomUUID().slice(0, 8)}`;
  return url.href;
}

describe('docs/operations.md', () => {
  it('has commands that work as they are written', async () => {
    const [, chapter = ''] = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').split(
      '## Backup and restore',
    );
    const [, block = ''] = chapter.split('```sh\n');
    const [commands = ''] = block.split('```');
    const lines = commands.split('\n').filter((line) => line.includes('/srv/backups'));
    expect(lines).toHaveLength(4);
    const folder = newFolder();
    mkdirSync(join(folder, 'backups'));
    for (const line of lines) {
      const url = /restore -- \S+$/.test(line) ? restoredUrl(parley.databaseUrl) : parley.databaseUrl;
      const one = run('sh', ['-c', line.replaceAll('/srv/', `${folder}/`)], {
        cwd: ROOT,
        env: { ...process.env, DATABASE_URL: url },
      });
      expect([line, await one.ended, one.output()]).toEqual([line, 0, expect.stringContaining('users: ')]);
    }
  });
});
