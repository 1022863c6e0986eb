import { Show, type JSX } from 'solid-js';

interface NoticeProps {
  title: string;
  text?: string;
  icon?: JSX.Element;
  /** What the user can do about it. */
  children?: JSX.Element;
}

/** A page or a pane that has nothing to show, and why. */
export function Notice(props: NoticeProps) {
  return (
    <div class="m-auto flex max-w-80 animate-rise flex-col items-center gap-3 px-6 py-10 text-center">
      <Show when={props.icon}>
        <span class="grid size-14 place-items-center rounded-2xl bg-selected text-accent">{props.icon}</span>
      </Show>
      <div class="grid gap-1">
        <p class="text-base font-semibold text-balance">{props.title}</p>
        <Show when={props.text}>
          <p class="text-pretty text-muted">{props.text}</p>
        </Show>
      </div>
      {props.children}
    </div>
  );
}
