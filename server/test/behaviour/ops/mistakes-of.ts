import { ConfigError, readConfig } from '../../../src/config/config.js';

/** The reported mistakes of these settings. */
export function mistakesOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}
