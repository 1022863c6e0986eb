import { createMemo } from 'solid-js';
import { heightOf } from '../../attachments/layout';
import { attachmentParts } from '../../attachments/load-attachments';
import { useChat } from '../../realtime/chat.store';
import { Later } from '../../ui/later';
import type { Bubble } from './bubbles';

/** The files of a message. Their code is loaded with the first of them, in a space that is kept free. */
export function MessageFiles(props: { bubble: Bubble }) {
  const { client } = useChat();
  // Compared by what they are: the bubble is a new object whenever anything in the chat changes.
  const files = createMemo(() => props.bubble.files, undefined, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  const cancel = () => props.bubble.outbox && client.discard(props.bubble.outbox.clientId);
  return (
    <Later chunk={attachmentParts()} fallback={<div style={{ height: `${heightOf(files())}px` }} />}>
      {({ AttachedFiles }) => <AttachedFiles files={files()} onCancel={cancel} />}
    </Later>
  );
}
