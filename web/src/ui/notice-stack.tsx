import { For, Show, type JSX } from 'solid-js';
import { Icon } from './icon';
import { dismissNotice, notices } from './notices';
import { isList } from '../routing/router';
import { words } from '../words/words';

/**
 * Everything that is said without being asked for. Lies over the page, so that nothing moves, and beside what is used
 * most: on a phone at the bottom of the list, whose newest chats are at the top, and at the top of a chat; on a wide screen
 * beside the menu of the chat.
 */
export function NoticeStack(props: { children?: JSX.Element }) {
  return (
    <div
      class="pointer-events-none notice-place fixed z-30 flex gap-2"
      classList={{
        'notice-place-list': isList(),
      }}
    >
      {props.children}
      <div class="flex flex-col items-center gap-2 md:items-end" role="status" aria-atomic="false">
        <For each={notices()}>
          {(notice) => (
            <div class="pointer-events-auto flex max-w-104 animate-rise items-center gap-1 rounded-2xl border border-line bg-raised py-0.5 pe-1 ps-4 text-sm shadow-float">
              {notice.lead?.()}
              <p class="py-2 text-pretty wrap-anywhere">{notice.text}</p>
              <Show when={notice.action}>
                {(action) => (
                  <button
                    type="button"
                    class="button-quiet shrink-0 text-accent"
                    onClick={() => action().run()}
                  >
                    {action().label}
                  </button>
                )}
              </Show>
              <button
                type="button"
                class="button-quiet shrink-0 text-muted"
                classList={{ 'px-0': !notice.refusal }}
                aria-label={notice.refusal ? undefined : words.dismiss}
                onClick={() => (notice.refusal ? notice.refusal.run() : dismissNotice(notice.id))}
              >
                {notice.refusal?.label ?? <Icon name="close" class="size-4.5" />}
              </button>
            </div>
          )}
        </For>
      </div>
    </div>
  );
}
