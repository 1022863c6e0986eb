import { heightOf } from '../../attachments/layout';
import { attachmentParts } from '../../attachments/load-attachments';
import { useChat } from '../../realtime/chat.store';
import { Later } from '../../ui/later';
import type { Bubble } from './bubbles';

/** The files of a message. Their code is loaded with the first of them, in a space that is kept free. */
export function MessageFiles(props: { bubble: Bubble }) {
  const { client } = useChat();
  return (
    <Later
      chunk={attachmentParts()}
      fallback={<div style={{ height: `${heightOf(props.bubble.files)}px` }} />}
    >
      {({ AttachedFiles }) => (
        <AttachedFiles
          files={props.bubble.files}
          onCancel={() => props.bubble.outbox && client.discard(props.bubble.outbox.clientId)}
        />
      )}
    </Later>
  );
}
