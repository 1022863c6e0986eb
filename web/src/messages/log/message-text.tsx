import { createMemo, Show, type JSX } from 'solid-js';
import { formatOf } from '../text/format';

/** The text of a message, plain at first and always as text nodes. `children` stand at the end of its last line. */
export function MessageText(props: { text: string; children: JSX.Element }) {
  // Compared by value: the bubble is a new object whenever anything in the chat changes, and new nodes for
  // the same text would take the reader's selection and the focus of a link away.
  const text = createMemo(() => props.text);
  const format = createMemo(() => formatOf(text())?.FormattedText);
  return (
    <Show
      when={format()}
      keyed
      fallback={
        <p class="message-block" dir="auto">
          <span class="user-text">{text()}</span>
          {props.children}
        </p>
      }
    >
      {(FormattedText) => <FormattedText text={text()}>{props.children}</FormattedText>}
    </Show>
  );
}
