import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../launch/parley.js';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const page = read('docs/security.md');

/** The tests that the page names: `[name](../path) “title”, “title”`. */
const named = [...page.matchAll(/\]\(\.\.\/([^)]+\.spec\.ts|[^)]+-spec\.ts)\)((?:,? “[^”]+”)*)/g)].map(
  ([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
  }),
);

describe('docs/security.md', () => {
  it('names tests that exist, by their titles', () => {
    expect(named.length).toBeGreaterThan(40);
    const missing = named.flatMap(({ file, titles }) => {
      if (!existsSync(join(ROOT, file)) || titles.length === 0) return [file];
      const source = read(file);
      return titles.filter((title) => !source.includes(title)).map((title) => `${file}: ${title}`);
    });
    expect(missing).toEqual([]);
  });

  it('has a test for every promise', () => {
    const rows = page.split('\n## ').find((part) => part.startsWith('Promises')) ?? '';
    const promises = rows.split('\n').filter((row) => /^\| [A-Z]/.test(row));
    expect(promises.length).toBeGreaterThan(30);
    expect(promises.filter((row) => !/-spec\.ts\)|\.spec\.ts\)/.test(row))).toEqual([]);
  });

  it('covers with docs/testing.md each case of sessions, strangers and protocol', () => {
    const b = Array.from({ length: 10 }, (_, i) => `B${i + 1}`);
    const others = 'A7 A8 A9 A10 C1 C7 C8 C9 C10 C11 C12 D5 D6 D7'.split(' ');
    const cases = [...others, ...b];
    const table = read('docs/testing.md');
    expect(cases.filter((code) => !new RegExp(`\\(.*\\b${code}\\b.*\\)`).test(page))).toEqual([]);
    expect(cases.filter((code) => !new RegExp(`^\\| ${code} +\\|`, 'm').test(table))).toEqual([]);
  });

  it('names no item of ASVS twice, and each as one of a chapter', () => {
    const [, table = ''] = page.split('\n## ASVS 5.0');
    for (const row of table.split('\n').filter((line) => /^\| V\d/.test(line))) {
      const [, chapter] = /^\| V(\d+)/.exec(row) ?? [];
      const items = [...row.matchAll(/\b(\d+)\.(\d+)\.(\d+)(?: to \d+\.\d+\.(\d+))?/g)].flatMap(
        ([, of, section, from, to]) =>
          Array.from(
            { length: Number(to ?? from) - Number(from) + 1 },
            (_, i) => `${of}.${section}.${Number(from) + i}`,
          ),
      );
      expect([chapter, items.filter((item) => !item.startsWith(`${chapter}.`))]).toEqual([chapter, []]);
      expect([chapter, items.filter((item, i) => items.indexOf(item) !== i)]).toEqual([chapter, []]);
    }
  });
});

describe('the software bill of materials', () => {
  it('has every package that runs in production, with its version and address', () => {
    const script = `import { billOfMaterials } from './scripts/lib/bill-of-materials.mjs';
      process.stdout.write(JSON.stringify(await billOfMaterials()));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 16 * 1_048_576,
    });
    const { components } = JSON.parse(output) as {
      components: { name: string; version: string; purl: string }[];
    };
    const { dependencies } = JSON.parse(read('server/package.json')) as {
      dependencies: Record<string, string>;
    };
    const names = components.map(
      ({ name, purl }) => decodeURIComponent(purl).replace(/^pkg:npm\/(.+)@[^@]+$/, '$1') || name,
    );
    expect(Object.keys(dependencies).filter((name) => !names.includes(name))).toEqual([]);
    expect(components.filter(({ version, purl }) => !version || !purl.startsWith('pkg:npm/'))).toEqual([]);
    expect(
      names.filter((name) => ['jest', 'nx', 'oxlint', 'playwright-core', 'vite'].includes(name)),
    ).toEqual([]);
  });

  it('is written by the release check, which the scripts of package.json and CONTRIBUTING.md name', () => {
    expect(readdirSync(join(ROOT, 'scripts'))).toContain('release-check.mjs');
    expect(read('CONTRIBUTING.md')).toContain('npm run release:check');
  });
});
