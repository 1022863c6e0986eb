/**
 * Where the keys of an action work. `page`: everywhere but in a dialog or a menu. `list`, `messages`, `composer`: while the focus is there.
 * `search`: while the search in a chat is open.
 */
export type Place = 'page' | 'list' | 'messages' | 'composer' | 'search';

/** One thing that a key does, or that the palette offers without a key. */
export interface ActionRow {
  readonly place: Place;
  /**
   * Each is a key with its modifiers, in the order `mod+alt+shift+key`: `mod` is ⌘ on Apple's systems and Ctrl elsewhere, keys are named as
   * by `KeyboardEvent.key` with a dash between words (`arrow-up`), and `character` is any single one.
   */
  readonly keys: readonly string[];
  /** The palette does not offer it: it needs a message or a field that has the focus. */
  readonly isKeyOnly?: true;
}

const row = (place: Place, ...keys: string[]): ActionRow => ({ place, keys });
const keyOnly = (place: Place, ...keys: string[]): ActionRow => ({ place, keys, isKeyOnly: true });

/**
 * Everything that a key does outside of widgets whose keys are those of their pattern (menus, dialogs, lists of choices, the emoji picker, the
 * viewer of images, the players). What an action is called is in `en/actions.ts`, under the same id. What it does is provided by the
 * part of the page that can do it, as long as it can: `provideAction`.
 */
export const ACTIONS = {
  palette: keyOnly('page', 'mod+k'),
  newChat: row('page'),
  search: row('page', 'mod+f'),
  previousChat: row('page', 'alt+arrow-up'),
  nextChat: row('page', 'alt+arrow-down'),
  previousUnread: row('page', 'alt+shift+arrow-up'),
  nextUnread: row('page', 'alt+shift+arrow-down'),
  requests: row('page'),
  jumpToDate: row('page'),
  attach: row('page'),
  settings: row('page', 'mod+comma'),
  leave: keyOnly('page', 'escape'),
  write: keyOnly('page', 'character', 'mod+v'),
  shortcuts: row('page', '?'),

  moveInList: keyOnly('list', 'arrow-up', 'arrow-down', 'home', 'end'),
  chatMenu: keyOnly('list', 'context-menu', 'shift+f10'),

  moveInMessages: keyOnly('messages', 'arrow-up', 'arrow-down', 'home', 'end'),
  messageMenu: keyOnly('messages', 'enter', 'context-menu', 'shift+f10'),
  reply: keyOnly('messages', 'r'),
  edit: keyOnly('messages', 'e'),
  react: keyOnly('messages', ':', 'plus'),
  delete: keyOnly('messages', 'delete', 'backspace'),
  undoDelete: keyOnly('messages', 'mod+z'),

  send: keyOnly('composer', 'enter', 'mod+enter'),
  newLine: keyOnly('composer', 'shift+enter'),
  editNewest: keyOnly('composer', 'arrow-up'),
  bold: keyOnly('composer', 'mod+b'),
  italic: keyOnly('composer', 'mod+i'),
  strike: keyOnly('composer', 'mod+shift+x'),
  code: keyOnly('composer', 'mod+e'),

  olderHit: keyOnly('search', 'f3'),
  newerHit: keyOnly('search', 'shift+f3'),
} as const satisfies Record<string, ActionRow>;

export type ActionId = keyof typeof ACTIONS;

/** All ids, in the order of the table. */
export const ACTION_IDS = Object.keys(ACTIONS) as ActionId[];

/** All places, in the order in which people read of them. */
export const PLACES: readonly Place[] = ['page', 'list', 'messages', 'composer', 'search'];
