import fc from 'fast-check';

/** How many cases of each kind: `FUZZ_RUNS=100000` for a long run. */
export const RUNS = Number(process.env.FUZZ_RUNS ?? 700);

/** Texts that have broken something somewhere. */
export const STRINGS = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'null',
  '\0',
  '\ud800',
  '😀',
  '../../etc/passwd',
  "' OR '1'='1",
  '%',
  '%00',
  '%zz',
  '__proto__',
  'constructor',
  '00000000-0000-4000-8000-000000000000',
  'long '.repeat(100),
];
export const NUMBERS = [0, -0, 1, -1, 1.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e21, 1e308, -1e308];
/** Names that an object has without having them. */
export const FORBIDDEN = ['__proto__', 'constructor', 'prototype', 'toString', 'then', 'length', 'id', '0'];

/** Values of every kind; those that are nearly right (`ids` that exist) more often than pure noise. */
export function anyValue(ids: () => readonly number[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(...STRINGS, ...NUMBERS, null, true, false, [], {}, [1], { $ne: 1 }, { 1: 1 }),
    fc.nat(10).map((i) => ids()[i % ids().length]),
    fc.jsonValue({ maxDepth: 3 }),
  );
}

/** As text: an object literal could hold neither a `__proto__` nor a key twice. */
export function toJson(entries: readonly (readonly [string, unknown])[]): string {
  const pieces = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}`);
  return `{${pieces.join(',')}}`;
}
