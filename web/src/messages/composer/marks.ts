import type { ActionId } from '../../actions/table';

/** The actions that put a mark around what is selected: as in other chats. */
export const MARKING = ['bold', 'italic', 'strike', 'code'] as const satisfies readonly ActionId[];

export const MARKS: Record<(typeof MARKING)[number], string> = {
  bold: '*',
  italic: '_',
  strike: '~',
  code: '`',
};
