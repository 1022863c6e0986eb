import { createSignal } from 'solid-js';

const KEY = 'parley-single-keys';

const [areSingleKeysOn, setOn] = createSignal(load());

/** Whether keys without Ctrl, ⌘ and Alt do something where no text is written: people who speak to their computer turn them off. */
export { areSingleKeysOn };

export function turnSingleKeys(isOn: boolean): void {
  setOn(isOn);
  try {
    localStorage.setItem(KEY, String(isOn));
  } catch {
    // Storage is blocked: then it lasts until the window is closed.
  }
}

function load(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'false';
  } catch {
    // As above.
    return true;
  }
}
