import en from './languages/en';
import { createTimes } from './times';

/** What a language has to say: a file of `languages/` that lacks a sentence does not compile. */
export type Words = typeof en;

/** What it has to say in the parts of the page whose code comes later: their sentences come with it. */
type Part<Name extends keyof Words['parts']> = Awaited<ReturnType<Words['parts'][Name]>>;

/** The sentences of the access tokens, which come with their view. */
export type AccessTokenWords = Awaited<ReturnType<Part<'accounts'>['parts']['accessTokens']>>;
/** Those of the accounts at other sites. */
export type IdentityWords = Awaited<ReturnType<Part<'accounts'>['parts']['identities']>>;
/** Those of the actions. */
export type ActionWords = Awaited<ReturnType<Part<'second'>['parts']['actions']>>;
/** Those of the name and the picture of the user. */
export type ProfileWords = Part<'profile'>;
/** Those of the export and the end of an account. */
export type OwnAccountWords = Awaited<ReturnType<Part<'accounts'>['parts']['ownAccount']>>;

/** Those of notifications, and the title. */
export type NotificationWords = Part<'notifications'>;

/** The sentences of the page in its language. */
export let words: Words = en;
/** Those of the second load, once {@link loadSecondWords} has resolved. */
export let secondWords: Part<'second'>;
/** Those of simulation, once {@link loadSimulationWords} has resolved. */
export let simulationWords: Part<'simulation'>;
/** Those of the dialog that starts a chat, once {@link loadNewChatWords} has resolved. */
export let newChatWords: Part<'newChat'>;
/** Those of accounts, once {@link loadAccountWords} has resolved. */
export let accountWords: Part<'accounts'>;

/** Those of requests, blocking and privacy, once {@link loadPrivacyWords} has resolved. */
export let privacyWords: Part<'privacy'>;

/** Those of the emoji picker and the completion, once {@link loadEmojiWords} has resolved. */
export let emojiWords: Part<'emoji'>;
/** Those of what can be done to a message, once {@link loadMessageActionWords} has resolved. */
export let messageActionWords: Part<'messageActions'>;

/** Those of attachments, once {@link loadAttachmentWords} has resolved. */
export let attachmentWords: Part<'attachments'>;
/** Those of the search, once {@link loadSearchWords} has resolved. */
export let searchWords: Part<'search'>;

/** Those in formatted messages, once {@link loadFormatWords} has resolved. */
export let formatWords: Part<'format'>;

/** Those of the settings, once {@link loadSettingsWords} has resolved. */
export let settingsWords: Part<'settings'>;

/** Points in time in the same language. */
export let times = createTimes('en', en.presence);

/** Changes the language of everything that is rendered from now on. */
export function setLanguage(language: string, next: Words): void {
  words = next;
  times = createTimes(language, next.presence);
}

/** Loads the sentences of the second load in the language of the page. */
export async function loadSecondWords(): Promise<void> {
  secondWords = await words.parts.second();
}

/** Loads the sentences of simulation in the language of the page. */
export async function loadSimulationWords(): Promise<void> {
  simulationWords = await words.parts.simulation();
}

/** Loads the sentences of the dialog that starts a chat in the language of the page. */
export async function loadNewChatWords(): Promise<void> {
  newChatWords = await words.parts.newChat();
}

/** Loads the sentences of accounts in the language of the page. */
export async function loadAccountWords(): Promise<void> {
  accountWords = await words.parts.accounts();
}

/** Loads the sentences of the profile in the language of the page. */
export function loadProfileWords(): Promise<ProfileWords> {
  return words.parts.profile();
}

/** Loads the sentences of requests, blocking and privacy in the language of the page. */
export async function loadPrivacyWords(): Promise<void> {
  privacyWords = await words.parts.privacy();
}

/** Loads the sentences of the emoji picker and the completion in the language of the page. */
export async function loadEmojiWords(): Promise<void> {
  emojiWords = await words.parts.emoji();
}

/** Loads the sentences of what can be done to a message in the language of the page. */
export async function loadMessageActionWords(): Promise<void> {
  messageActionWords = await words.parts.messageActions();
}

/** Loads the sentences of attachments in the language of the page. */
export async function loadAttachmentWords(): Promise<void> {
  attachmentWords = await words.parts.attachments();
}

/** Loads the sentences in formatted messages in the language of the page. */
export async function loadFormatWords(): Promise<void> {
  formatWords = await words.parts.format();
}

/** Loads the sentences of the search in the language of the page. */
export async function loadSearchWords(): Promise<void> {
  searchWords = await words.parts.search();
}

/** Loads the sentences of the settings in the language of the page. */
export async function loadSettingsWords(): Promise<void> {
  settingsWords = await words.parts.settings();
}
