/** Wrong use of a command, as a sentence for the person at the terminal. The process ends with code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * The options that were given, of those that the command has.
 * @throws UsageError that names the first word that is none.
 */
export function readOptions<Option extends string>(
  options: readonly Option[],
  words: readonly string[] = process.argv.slice(2),
): ReadonlySet<Option> {
  const given = new Set<Option>();
  for (const word of words) {
    const option = options.find((candidate) => candidate === word);
    if (!option) throw new UsageError(`${word} is not an option. The options are ${options.join(', ')}.`);
    given.add(option);
  }
  return given;
}
