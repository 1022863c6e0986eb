import { For } from 'solid-js';
import { Drawing } from '../../ui/icon';
import { messageActionWords } from '../../words/words';

/** What most people react with: the same six as WhatsApp and Messenger. */
export const QUICK_REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

const PLUS = 'M12 5v14M5 12h14';

interface ReactionRowProps {
  /** Those that the user has given. */
  own: readonly string[];
  onChoose(emoji: string): void;
  onMore(): void;
}

/** Reactions within reach, each with whether the user has given it, and the way to all others. Arrow keys go through them. */
export function ReactionRow(props: ReactionRowProps) {
  return (
    <div
      role="group"
      aria-label={messageActionWords.reactions.title}
      class="flex justify-between gap-0.5"
      onKeyDown={moveFocus}
    >
      <For each={QUICK_REACTIONS}>
        {(emoji) => (
          <button
            type="button"
            class="grid size-11 place-items-center rounded-xl text-2xl leading-none hover:bg-hover aria-pressed:bg-selected aria-pressed:ring-1 aria-pressed:ring-accent"
            aria-pressed={props.own.includes(emoji)}
            onClick={() => props.onChoose(emoji)}
          >
            {emoji}
          </button>
        )}
      </For>
      <button
        type="button"
        class="grid size-11 place-items-center rounded-xl text-muted hover:bg-hover"
        aria-label={messageActionWords.reactions.more}
        title={messageActionWords.reactions.more}
        onClick={() => props.onMore()}
      >
        <Drawing path={PLUS} class="size-5" />
      </button>
    </div>
  );
}

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const index = buttons.findIndex((button) => button === document.activeElement);
  const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
  const step = { ArrowLeft: -forward, ArrowRight: forward, Home: -index, End: buttons.length - 1 - index }[
    event.key
  ];
  if (step === undefined) return;
  event.preventDefault();
  buttons[(index + step + buttons.length) % buttons.length]?.focus();
}
