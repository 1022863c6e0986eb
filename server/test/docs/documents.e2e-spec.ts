import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../launch/parley.js';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const markdownIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));

const DECISIONS = 'docs/decisions';
const decisions = readdirSync(join(ROOT, DECISIONS)).filter((file) => /^\d{4}-/.test(file));
const documents = ['.', 'client', 'docs', DECISIONS].flatMap(markdownIn);

/** The anchors of a document's headings, as GitHub makes them. */
const anchorsOf = (file: string) =>
  [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

it.each(documents)('%s links only to files and headings that exist', (file) => {
  const text = read(file).replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

describe('the decisions', () => {
  it('have one number each, which their titles repeat', () => {
    const numbers = decisions.map((file) => Number(file.slice(0, 4)));
    expect(new Set(numbers).size).toBe(numbers.length);
    const titles = decisions.map((file) => /^# (\d+)\. /.exec(read(join(DECISIONS, file)))?.[1]);
    expect(titles.map(Number)).toEqual(numbers);
  });

  it('are all in the index, with their titles', () => {
    const index = read(join(DECISIONS, 'README.md'));
    const rows = decisions.map((file) => {
      const [, title = ''] = /^# \d+\. (.+)$/m.exec(read(join(DECISIONS, file))) ?? [];
      return `- [${file.slice(0, 4)}](${file}) ${title}`;
    });
    expect(rows.filter((row) => !index.includes(row))).toEqual([]);
  });
});

it("ARCHITECTURE.md lists each file of a message's walk once, at most 30, under its present name", () => {
  const [, walk = ''] = /^## The life of a message\n(.*?)^## /ms.exec(read('ARCHITECTURE.md')) ?? [];
  const listed = [...walk.matchAll(/(\d+) `([\w.-]+\.tsx?)`/g)].map(([, n, file]) => ({
    n: Number(n),
    file,
  }));
  expect(listed.map(({ n }) => n)).toEqual(listed.map((_, i) => i + 1));
  expect(listed.length).toBeGreaterThan(20);
  expect(listed.length).toBeLessThanOrEqual(30);
  expect(new Set(listed.map(({ file }) => file)).size).toBe(listed.length);

  const named = [...walk.matchAll(/\b([a-z][\w.-]*\.tsx?)\b/g)].map(([, file = '']) => file);
  const sources = ['client', 'server', 'web'].flatMap((workspace) =>
    readdirSync(join(ROOT, workspace, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
      basename(path),
    ),
  );
  expect(named.filter((file) => sources.filter((source) => source === file).length !== 1)).toEqual([]);
});
