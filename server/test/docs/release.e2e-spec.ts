import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../launch/parley.js';

interface Package {
  version: string;
  workspaces: string[];
}
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { version, workspaces } = JSON.parse(read('package.json')) as Package;

describe('the version of a release', () => {
  it('is the same in every package.json and in the lock file', () => {
    const lock = JSON.parse(read('package-lock.json')) as Package & { packages: Record<string, Package> };
    expect(lock.version).toBe(version);
    for (const folder of ['', ...workspaces]) {
      const { version: own } = JSON.parse(read(join(folder, 'package.json'))) as Package;
      expect([folder, own, lock.packages[folder]?.version]).toEqual([folder, version, version]);
    }
  });

  it('is the newest one in CHANGELOG.md, which has the date of each', () => {
    const changelog = read('CHANGELOG.md');
    const headings = [...changelog.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
    expect(headings[0]).toBe('[Unreleased]');
    const releases = headings
      .slice(1)
      .map((heading) => /^\[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$/.exec(heading)?.[1]);
    expect(releases[0]).toBe(version);
    expect(releases).not.toContain(undefined);
    expect(releases).toEqual(
      releases.toSorted((a = '', b = '') => b.localeCompare(a, 'en', { numeric: true })),
    );
  });
});
