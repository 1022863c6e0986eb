import type { User } from '@parley/shared';
import type { ActionId } from '../table';

export type Group = 'chats' | 'actions' | 'settings' | 'days' | 'people' | 'messages';

/** In the order in which they are shown. */
export const GROUPS: readonly Group[] = ['chats', 'actions', 'settings', 'days', 'people', 'messages'];

/** One thing that the palette offers. */
export interface Item {
  /** Of this item alone, also while the query changes. */
  key: string;
  title: string;
  /** Beside the title. */
  detail?: string;
  /** Of a person. */
  avatar?: User;
  /** Its keys are shown. */
  action?: ActionId;
  /** What happens when it is chosen, once the palette is closed. */
  run?(): void;
  /** What happens before it is closed. @returns why it has failed, in words; null when it has not. */
  attempt?(): Promise<string | null>;
}
