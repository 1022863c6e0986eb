import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../launch/parley.js';

const folder = mkdtempSync(join(tmpdir(), 'parley-words-'));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (...args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8' });
const list = pathToFileURL(join(ROOT, 'scripts/lib/replaced-words.mjs')).href;
const { stdout } = node(
  '--input-type=module',
  '-e',
  `import { REPLACED } from ${JSON.stringify(list)}; process.stdout.write(JSON.stringify(REPLACED));`,
);
const entries = (JSON.parse(stdout) as { words: string[]; use: string }[]).flatMap(({ words, use }) =>
  words.map((word) => [word, use] as const),
);
const camelCase = (word: string) => word.replace(/ ./g, (letter) => letter[1]!.toUpperCase());

/** Runs the step on a file with these lines. @returns its exit code, and what it prints about each line. */
function lint(lines: string[], name = 'planted.ts') {
  const file = join(folder, name);
  writeFileSync(file, lines.join('\n'));
  const { status, stderr } = node(join(ROOT, 'scripts/words.mjs'), file);
  const found = [...stderr.matchAll(/^.*planted[^:]*:(\d+): "(.+)" → (.+)$/gm)];
  return { status, found: found.map(([, line, word, use]) => [Number(line), word, use]) };
}

describe('the lint step for replaced words', () => {
  it.each([
    ['a comment', (word: string) => `  // ${word} it`],
    ['a title', (word: string) => `it('works: ${word} twice', () => {});`],
    ['a document', (word: string) => `${word[0]!.toUpperCase()}${word.slice(1)} it.`],
  ])('finds each of them in %s, with its line and what to write instead', (_, plant) => {
    const { status, found } = lint(entries.map(([word]) => plant(word)));
    expect(status).toBe(1);
    expect(found).toEqual(entries.map(([word, use], i) => [i + 1, word, use]));
  });

  it('finds each of them in names', () => {
    const named = entries.filter(([word]) => !word.startsWith('one '));
    const plain = lint(named.map(([word]) => `const ${camelCase(word)} = 1;`));
    const within = lint(named.map(([word]) => `class My${camelCase(`x ${word}`).slice(1)}Of2 {}`));
    const behindAcronym = lint(named.map(([word]) => `class HTTP${camelCase(`x ${word}`).slice(1)} {}`));
    const constants = lint(
      named.map(([word]) => `const MAX_${word.toUpperCase().replaceAll(' ', '_')}_MS = 1;`),
    );
    for (const { status, found } of [plain, within, behindAcronym, constants]) {
      expect(status).toBe(1);
      expect(found.map(([line, word]) => [line, word])).toEqual(named.map(([word], i) => [i + 1, word]));
    }
  });

  it('finds phrases across the lines of a comment, and in the name of a file', () => {
    const lines = ['/**', ' * Notes of the host', ' * directory.', ' */'];
    expect(lint(lines).found).toEqual([[2, 'host directory', 'subscription registry']]);
    const named = lint(['export {};'], 'planted-seq-gate.ts').found;
    expect(named).toEqual([[1, 'seq gate', expect.any(String)]]);
  });

  it('accepts other words that contain them, and "one" for a noun', () => {
    const accepted = [
      'foretell, storyteller, overheard, patient, recall',
      'planes, sheared, hearth, headroom, hosts, directory of hosts',
      'The newer one has to migrate, each one may, and this one must.',
      'no one writes; the other one sees it',
    ];
    expect(lint(accepted)).toEqual({ status: 0, found: [] });
  });
});
