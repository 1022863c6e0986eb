import type { ActionId as PageActionId } from '../../actions/table';
import type { Chat } from '../../realtime/chat.store';
import { messageActionWords } from '../../words/words';
import type { Bubble } from '../log/bubbles';
import { canDelete, editKeyOf } from './time-limits';

export type ActionId = keyof typeof messageActionWords.actions;

/** The message that an action is for, with what decides whether it can be done. */
export interface ActionTarget {
  readonly bubble: Bubble;
  readonly row: HTMLElement;
  /** From the keyboard: then the focus comes back to the row. */
  readonly isByKey: boolean;
}

/** What the actions do, by name. */
export type ActionRuns = Readonly<Record<ActionId, (target: ActionTarget) => void>>;

/** One thing that a user can do to a message. */
export interface MessageAction {
  readonly id: ActionId;
  readonly label: string;
  /** The path of its icon, in a box of 24 × 24. */
  readonly icon: string;
  /** Its row in the table of actions, with the key that does it on a message that has the focus; null for none. */
  readonly row: PageActionId | null;
  readonly isDanger: boolean;
  isAvailable(target: ActionTarget): boolean;
  run(target: ActionTarget): void;
}

/** The path of the icon of each action, in a box of 24 × 24. */
export const ICONS: Record<ActionId, string> = {
  reply: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 6 6v5',
  edit: 'M12 20h9M16.5 3.5a2.12 2.12 0 0 1 3 3L7 19l-4 1 1-4Z',
  react: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14a4 4 0 0 0 7 0M9 9.5v.01m6-.01v.01',
  copy: 'M9 9h10a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2ZM5 15a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2',
  link: 'M10 14a5 5 0 0 0 7.1 0l3-3a5 5 0 0 0-7.1-7.1l-1 1m2 5.1a5 5 0 0 0-7.1 0l-3 3a5 5 0 0 0 7.1 7.1l1-1',
  unread: 'M20 11v4a3 3 0 0 1-3 3H9l-5 4V8a3 3 0 0 1 3-3h6m6 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  details: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-10v5m0-8.5v.01',
  cancel: 'M18 6 6 18M6 6l12 12',
  delete: 'M4 7h16M9 7V4h6v3m3 0-1 13H7L6 7m4 4v5m4-5v5',
};

/** Their rows in the table of actions, of those that have a key. */
export const ROWS = {
  reply: 'reply',
  edit: 'edit',
  react: 'react',
  cancel: 'delete',
  delete: 'delete',
} as const satisfies Partial<Record<ActionId, PageActionId>>;

/** All actions, in the order of the menu. `isWritable`: whether the user can write in the chat. */
export function createMessageActions(
  chat: Chat,
  isWritable: () => boolean,
  runs: ActionRuns,
): MessageAction[] {
  const isAvailable: Record<ActionId, (bubble: Bubble) => boolean> = {
    reply: (bubble) => isKept(bubble) && isWritable(),
    edit: (bubble) => isWritable() && editKeyOf(bubble, chat) !== null,
    react: (bubble) => isKept(bubble) && isWritable(),
    copy: ({ text }) => text !== '',
    link: isKept,
    unread: ({ isMine, message }) => !isMine && message !== null,
    details: () => true,
    cancel: ({ outbox }) => outbox?.status === 'waiting',
    delete: (bubble) => canDelete(bubble, chat),
  };
  return (Object.keys(ICONS) as ActionId[]).map((id) => {
    const rows: Partial<Record<ActionId, PageActionId>> = ROWS;
    return {
      id,
      label: messageActionWords.actions[id],
      icon: ICONS[id],
      row: rows[id] ?? null,
      isDanger: id === 'delete',
      isAvailable: ({ bubble }) => isAvailable[id](bubble),
      run: runs[id],
    };
  });
}

/** Those that can be done to a message now. */
export function availableActions(actions: readonly MessageAction[], target: ActionTarget): MessageAction[] {
  return actions.filter((action) => action.isAvailable(target));
}

/** On the server, and not deleted. */
function isKept({ message }: Bubble): boolean {
  return message !== null && message.deleted_at === null;
}
