import type { ErrorCode } from '@parley/shared';
import en from './languages/en';
import { createTimes } from './times';

/** What a language has to say: a file of `languages/` that lacks a sentence does not compile. */
export type Words = typeof en;

/** The sentences of the page in its language. */
export let words: Words = en;

/** Points in time in the same language. */
export let times = createTimes('en', en.presence);

/** Changes the language of everything that is rendered from now on. */
export function setLanguage(language: string, next: Words): void {
  words = next;
  times = createTimes(language, next.presence);
}

/** Why the server refused a message. */
export function refusalText(reason: ErrorCode): string {
  switch (reason) {
    case 'too_long':
    case 'not_found':
    case 'forbidden':
    case 'unauthorized':
      return words.messages.refused[reason];
    default:
      return words.messages.refused.other;
  }
}
