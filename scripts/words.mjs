// `node scripts/words.mjs [file …]`, part of `npm run lint`: fails when a file, or its name, contains a word that the
// project has replaced. Without arguments it reads every text file that git knows or would add.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { replacedWords } from './lib/replaced-words.mjs';
import { ROOT } from './lib/root.mjs';

/** The list itself, its tests, and what others wrote. */
const EXCEPT = [
  'scripts/lib/replaced-words.mjs',
  'server/test/docs/replaced-words.e2e-spec.ts',
  'docs/decisions/0044-lint-replaced-words.md',
  'package-lock.json',
  'server/data/common-passwords.txt',
];
const BINARY = /\.(?:png|ico|woff2?|gz)$/;

const files = process.argv.length > 2 ? process.argv.slice(2) : tracked();
const found = files.flatMap((file) => {
  const inName = replacedWords(file).map((hit) => ({ ...hit, line: 1 }));
  return [...inName, ...replacedWords(readFileSync(resolve(ROOT, file), 'utf8'))].map((hit) => ({
    file,
    ...hit,
  }));
});
for (const { file, line, word, use } of found)
  console.error(`${relative(ROOT, resolve(ROOT, file))}:${line}: "${word}" → ${use}`);
if (found.length > 0) {
  console.error(`${found.length} replaced words. CONTRIBUTING.md has the vocabulary.`);
  process.exit(1);
}

function tracked() {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const deleted = new Set(
    execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: ROOT, encoding: 'utf8' }).split('\0'),
  );
  return list
    .split('\0')
    .filter((file) => file && !deleted.has(file) && !EXCEPT.includes(file) && !BINARY.test(file));
}
