import { For } from 'solid-js';
import { Dialog } from '../../ui/dialog';
import { actionWords } from '../action-words';
import { keysOf } from '../shortcuts';
import { areSingleKeysOn, turnSingleKeys } from '../single-keys';
import { ACTION_IDS, ACTIONS, PLACES, type Place } from '../table';

const rowsOf = (place: Place) =>
  ACTION_IDS.filter((id) => ACTIONS[id].place === place && ACTIONS[id].keys.length > 0);

/** All keys, by the place where they work. */
export function ShortcutSheet(props: { onClose(): void }) {
  return (
    <Dialog title={actionWords.sheet.title} onClose={props.onClose}>
      {/* With the focus, the arrow keys scroll it. */}
      <div
        class="slim-scrollbar grid min-h-0 gap-5 overflow-y-auto px-5 pb-5 -outline-offset-2"
        role="group"
        aria-label={actionWords.sheet.title}
        tabIndex={0}
        autofocus
      >
        <For each={PLACES}>
          {(place) => (
            <section>
              <h3 class="pb-1 text-sm font-semibold text-muted">{actionWords.places[place]}</h3>
              <dl>
                <For each={rowsOf(place)}>
                  {(id) => (
                    <div class="flex items-baseline justify-between gap-4 border-b border-line py-1.5 last:border-0">
                      <dt>{actionWords.names[id]}</dt>
                      <dd class="flex shrink-0 flex-wrap justify-end gap-1">
                        <For each={keysOf(id)}>{(keys) => <kbd class="key-cap">{keys}</kbd>}</For>
                      </dd>
                    </div>
                  )}
                </For>
              </dl>
            </section>
          )}
        </For>
        <label class="flex items-center justify-between gap-4">
          <span>
            {actionWords.sheet.singleKeys}
            <span class="block text-sm text-muted">{actionWords.sheet.singleKeysHint}</span>
          </span>
          <input
            type="checkbox"
            role="switch"
            class="switch"
            checked={areSingleKeysOn()}
            onChange={(event) => turnSingleKeys(event.currentTarget.checked)}
          />
        </label>
      </div>
    </Dialog>
  );
}
