import { Show } from 'solid-js';
import { secondWords } from '../words/words';

interface TypingStatusProps {
  username: string;
  isTyping: boolean;
}

/** «bob is typing…», in a live region that always has its height: nothing moves, and screen readers announce it. */
export function TypingStatus(props: TypingStatusProps) {
  const text = () => (props.isTyping ? secondWords.typing(props.username) : undefined);
  return (
    <div class="chat-column chat-edges h-6 text-sm text-muted" role="status" aria-label={text()}>
      <Show when={text()}>
        <span class="inline-flex animate-rise items-center gap-2">
          <span class="inline-flex gap-0.5" aria-hidden="true" data-dots>
            <span class="size-1.5 animate-blink rounded-full bg-accent" />
            <span class="size-1.5 animate-blink rounded-full bg-accent [animation-delay:200ms]" />
            <span class="size-1.5 animate-blink rounded-full bg-accent [animation-delay:400ms]" />
          </span>
          <span>{text()}</span>
        </span>
      </Show>
    </div>
  );
}
