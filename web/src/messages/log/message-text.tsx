import { createMemo, For, Show } from 'solid-js';
import { linkify } from './linkify';

/** The text of a message. Always text nodes: nothing in it can become markup. */
export function MessageText(props: { text: string }) {
  // Compared by value: the bubble is a new object whenever anything in the chat changes, and new nodes for
  // the same text would take the reader's selection and the focus of a link away.
  const text = createMemo(() => props.text);
  return (
    <span class="user-text" dir="auto">
      <For each={linkify(text())}>
        {(part) => (
          <Show when={part.href} fallback={part.text}>
            {(href) => (
              <a
                class="underline decoration-1 underline-offset-2 hover:decoration-2"
                href={href()}
                target="_blank"
                rel="noopener noreferrer nofollow"
                // An isolate: direction marks before it do not turn it around.
                dir="ltr"
              >
                {part.text}
                <Show when={part.host}> ({part.host})</Show>
              </a>
            )}
          </Show>
        )}
      </For>
    </span>
  );
}
