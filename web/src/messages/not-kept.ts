import { createSignal } from 'solid-js';

type NotKept = 'messages' | 'drafts' | 'messagesAndDrafts';

const [notKept, setNotKept] = createSignal<NotKept | null>(null);

/** What the browser does not let the page store; null for nothing. */
export { notKept };

export function reportNotKept(what: 'messages' | 'drafts'): void {
  setNotKept((before) => (before === null || before === what ? what : 'messagesAndDrafts'));
}
