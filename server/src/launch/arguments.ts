/** A command was called with wrong arguments. The message is a sentence for the person at the terminal; exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * Reads the command line.
 * @returns the given options.
 * @throws UsageError that names the first word that is not one of `options`.
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
