import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../launch/parley.js';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const markdownIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));

const DECISIONS = 'docs/decisions';
const decisions = readdirSync(join(ROOT, DECISIONS)).filter((file) => /^\d{4}-/.test(file));
const documents = [...markdownIn('.'), ...markdownIn('docs'), ...markdownIn(DECISIONS)];

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
