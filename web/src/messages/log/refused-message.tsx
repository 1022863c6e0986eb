import type { ErrorCode } from '@parley/shared';
import { useChat } from '../../realtime/chat.store';
import { secondWords } from '../../words/words';
import { refusalText } from './refusal-text';

/** Below a message that the server has refused: why, and what can be done about it. */
export function RefusedMessage(props: { clientId: string; reason: ErrorCode | null }) {
  const { client } = useChat();
  return (
    <div class="flex flex-wrap items-center justify-end text-sm">
      <span class="me-1 text-danger">{props.reason && refusalText(props.reason)}</span>
      <button type="button" class="button-quiet text-accent" onClick={() => client.retry(props.clientId)}>
        {secondWords.retry}
      </button>
      <button type="button" class="button-quiet text-muted" onClick={() => client.discard(props.clientId)}>
        {secondWords.discard}
      </button>
    </div>
  );
}
