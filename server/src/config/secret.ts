import { readFileSync } from 'node:fs';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * A setting that is a secret: it stands in the environment as NAME, or in a file that NAME_FILE names, as Docker and
 * Kubernetes mount them. White space around the contents of the file does not count.
 * @returns undefined when neither is set, or what is wrong has been added to `mistakes`; nothing of the secret is.
 */
export function readSecret(env: Env, name: string, mistakes: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return env[name];
  if (env[name]) {
    mistakes.push(`${name}_FILE must not be set together with ${name}: one of the two`);
    return undefined;
  }
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret !== '') return secret;
    mistakes.push(`${name}_FILE must name a file with something in it: ${file} is empty`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    mistakes.push(
      `${name}_FILE must name a file that can be read: ${file} cannot (${code ?? 'unknown error'})`,
    );
  }
  return undefined;
}
