import { Show } from 'solid-js';
import { Drawing } from '../../ui/icon';
import { secondWords } from '../../words/words';

const DOWN = 'M12 5v14m6-6-6 6-6-6';

/** The button over the log that leads to its end, with the number of unread messages. */
export function JumpToLatest(props: { unread: number; onClick(): void }) {
  return (
    <button
      type="button"
      class="absolute right-4 bottom-3 flex min-h-11 min-w-11 animate-rise items-center justify-center gap-1.5 rounded-full border border-line bg-raised px-3 font-semibold text-accent shadow-float hover:bg-hover"
      onClick={() => props.onClick()}
    >
      <Show when={props.unread > 0} fallback={<span class="sr-only">{secondWords.jumpToLatest}</span>}>
        <span>
          {secondWords.newCount(props.unread)}
          <span class="sr-only">{secondWords.newCountJump}</span>
        </span>
      </Show>
      <Drawing path={DOWN} class="size-4.5" />
    </button>
  );
}
