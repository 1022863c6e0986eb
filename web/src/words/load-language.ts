import { setLanguage, type Words } from './words';

/** A language that takes longer, in milliseconds, does not delay the page any more. */
const LOAD_TIMEOUT_MS = 3_000;

/** How to load each language but English, by the path of its file. */
export type Languages = Record<string, () => Promise<Words>>;

/**
 * Uses the first of the `preferred` languages (BCP 47) that the page has. English is part of the page: it needs no
 * loading, and stays where no other is found or its file does not arrive.
 * @returns the language of the page.
 */
export async function loadLanguage(preferred: readonly string[], languages: Languages): Promise<string> {
  const tags = preferred.flatMap((tag) => [tag, tag.replace(/-.*/, '')]);
  const language = tags.find((tag) => tag === 'en' || pathOf(tag) in languages) ?? 'en';
  const load = languages[pathOf(language)];
  const timeout = new Promise<null>((resolve) => setTimeout(resolve, LOAD_TIMEOUT_MS, null));
  // The page in English is more use than no page.
  const words = load && (await Promise.race([load().catch(() => null), timeout]));
  if (!words) return 'en';
  setLanguage(language, words);
  return language;
}

function pathOf(language: string): string {
  return `./words/languages/${language}.ts`;
}
