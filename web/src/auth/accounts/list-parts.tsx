import { For, type JSX } from 'solid-js';
import type { Retry } from '../../api/retry';
import { focusWhenShown } from '../../ui/focus-when-shown';
import { accountWords } from '../../words/words';

/** Stands for what could not be loaded yet; it is tried again by itself too. */
export function NotLoaded(props: { text: string; load: Retry }) {
  return (
    <div class="grid justify-items-center gap-3 px-5 py-8 text-center">
      <p class="text-pretty">{props.text}</p>
      <button
        type="button"
        class="button-quiet text-accent"
        aria-disabled={props.load.isRunning()}
        onClick={() => props.load.run()}
      >
        {accountWords.tryAgain}
      </button>
    </div>
  );
}

/** Stands for a list while it loads. */
export function ListSkeleton(props: { text: string }) {
  return (
    <div class="grid px-5" aria-busy="true">
      <span class="sr-only">{props.text}</span>
      <For each={[52, 38]}>
        {(width) => (
          <span class="grid min-h-16 animate-pulse content-center gap-2" aria-hidden="true">
            <span class="h-3 rounded bg-line" style={{ width: `${width}%` }} />
            <span class="h-3 w-2/3 rounded bg-line" />
          </span>
        )}
      </For>
    </div>
  );
}

/** A short fact beside a name. */
export function Tag(props: { children: JSX.Element }) {
  return (
    <span class="rounded-full bg-selected px-2 py-0.5 text-xs font-semibold text-accent forced-colors:border">
      {props.children}
    </span>
  );
}

interface ConfirmationProps {
  question: string;
  /** What the button says that does it. */
  action: string;
  isBusy?: boolean;
  onConfirm(): void;
  onCancel(): void;
}

/** Asks before something ends for good; the button that does it gets the focus. */
export function Confirmation(props: ConfirmationProps) {
  return (
    <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2" role="group">
      <p class="text-sm font-medium text-pretty [overflow-wrap:anywhere]" dir="auto">
        {props.question}
      </p>
      <span class="ms-auto flex gap-1">
        <button type="button" class="button-quiet" onClick={() => props.onCancel()}>
          {accountWords.cancel}
        </button>
        <button
          ref={focusWhenShown}
          type="button"
          class="button-danger"
          aria-disabled={props.isBusy}
          onClick={() => props.onConfirm()}
        >
          {props.action}
        </button>
      </span>
    </div>
  );
}
