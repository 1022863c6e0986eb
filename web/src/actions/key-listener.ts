import { onCleanup } from 'solid-js';
import { IS_APPLE, isCharacter, isPressed } from './keys';
import { canRun, runAction } from './provide';
import { areSingleKeysOn } from './single-keys';
import { ACTION_IDS, ACTIONS, type ActionId, type ActionRow, type Place } from './table';

/** What has the page to itself as long as it is open. */
const LAYERS = 'dialog[open],:popover-open';
/** Where a character is text, or chooses. */
const FIELDS = 'input,textarea,select,[contenteditable],[role="combobox"],[role="listbox"],[role="menu"]';
/** Where Alt and an arrow open a list of the browser. */
const PICKERS = 'select,input:not([type="text"],[type="search"]),[role="combobox"]';

/** Those of a place before those of the page, and writing last. */
const IN_ORDER: readonly ActionId[] = [
  ...ACTION_IDS.filter((id) => ACTIONS[id].place !== 'page'),
  ...ACTION_IDS.filter((id) => ACTIONS[id].place === 'page' && id !== 'write'),
  'write',
];

/** The one listener for the keys of {@link ACTIONS}, as long as the owner lives. Widgets come first: they prevent what is theirs. */
export function listenForKeys(): void {
  window.addEventListener('keydown', onKey);
  onCleanup(() => window.removeEventListener('keydown', onKey));
}

function onKey(event: KeyboardEvent): void {
  // 229: what an input method takes, as Safari says it.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (document.querySelector(LAYERS)) return;
  const target = event.target instanceof Element ? event.target : document.body;
  const place = placeOf(target);

  for (const id of IN_ORDER) {
    if (!isKeyOf(id, event, place) || !isFree(id, event, target)) continue;
    if (id === 'write') return document.querySelector<HTMLElement>('[data-composer]')?.focus();
    if (canRun(id)) {
      event.preventDefault();
      runAction(id);
      return;
    }
    // The key of a message that cannot do it now writes nothing.
    if (ACTIONS[id].place === 'messages') return;
  }
}

/** Whether the key is one of this action where the focus is. */
export function isKeyOf(id: ActionId, event: KeyboardEvent, place: Place): boolean {
  const row: ActionRow = ACTIONS[id];
  const isHere = row.place === 'page' || row.place === 'search' || row.place === place;
  return isHere && row.keys.some((keys) => isPressed(event, keys));
}

/** Where the focus is, as far as keys differ there. */
export function placeOf(target: Element): Place {
  if (target.matches('[data-bubble]')) return 'messages';
  if (target.matches('[data-composer]')) return 'composer';
  return target.closest('nav') ? 'list' : 'page';
}

/** Whether the key is no text, and not what a field needs for itself. */
function isFree(id: ActionId, event: KeyboardEvent, target: Element): boolean {
  if (ACTIONS[id].place !== 'page') return true;
  const isInField = target.closest(FIELDS) !== null;
  if (id === 'write') return !isInField && (areSingleKeysOn() || !isCharacter(event));
  if (isCharacter(event)) return !isInField && areSingleKeysOn();
  if (!event.altKey) return true;
  // On Apple's systems it moves by paragraphs.
  const isMoving = IS_APPLE && target instanceof HTMLTextAreaElement && target.value !== '';
  return !isMoving && !target.matches(PICKERS);
}
