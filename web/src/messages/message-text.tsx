import { For, Show } from 'solid-js';
import { linkify } from './linkify';

/** What somebody wrote. Always text nodes: nothing in it can become markup. */
export function MessageText(props: { text: string }) {
  return (
    <span class="user-text" dir="auto">
      <For each={linkify(props.text)}>
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
