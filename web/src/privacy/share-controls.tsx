import type { Sharing } from '@parley/shared';
import { For } from 'solid-js';
import { privacyWords } from '../words/words';

export type Share = keyof Sharing;

interface ShareSwitchProps {
  share: Share;
  value: boolean;
  onChange(next: boolean): void;
}

/** Whether others see one thing, in general. */
export function ShareSwitch(props: ShareSwitchProps) {
  const item = () => privacyWords.share.items[props.share];
  return (
    <label class="flex min-h-15 cursor-pointer items-center gap-4 py-2">
      <span class="grid min-w-0 flex-1">
        <span class="font-semibold">{item().title}</span>
        <span id={`${props.share}-hint`} class="text-sm text-pretty text-muted">
          {item().text}
        </span>
      </span>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        aria-label={item().title}
        aria-describedby={`${props.share}-hint`}
        checked={props.value}
        onChange={(event) => {
          props.onChange(event.currentTarget.checked);
          // What the server has not taken is not shown as if it had.
          event.currentTarget.checked = props.value;
        }}
      />
    </label>
  );
}

interface ShareChoiceProps {
  share: Share;
  /** What the user has chosen for this chat; null: as in general. */
  value: boolean | null;
  /** What it is in general. */
  inGeneral: boolean;
  onChange(next: boolean | null): void;
}

/** Whether the other of one chat sees one thing: as in general, always, or never. */
export function ShareChoice(props: ShareChoiceProps) {
  const options = () => [
    { value: null, label: privacyWords.share.inGeneral(props.inGeneral) },
    { value: true, label: privacyWords.share.on },
    { value: false, label: privacyWords.share.off },
  ];
  return (
    <fieldset class="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 py-1.5">
      <legend class="float-start flex min-h-11 flex-1 items-center font-semibold">
        {privacyWords.share.items[props.share].title}
      </legend>
      <div class="flex rounded-xl bg-line p-0.5 forced-colors:border">
        <For each={options()}>
          {(option) => (
            <label class="grid min-h-10 min-w-12 cursor-pointer place-items-center rounded-[0.625rem] px-3 text-sm font-medium text-muted transition-colors hover:text-ink has-checked:bg-raised has-checked:font-semibold has-checked:text-accent has-checked:shadow-[0_1px_2px_rgb(0_0_0/12%)] has-focus-visible:outline-2 has-focus-visible:outline-accent forced-colors:has-checked:border">
              <input
                type="radio"
                class="sr-only"
                name={props.share}
                checked={props.value === option.value}
                onChange={() => props.onChange(option.value)}
              />
              {option.label}
            </label>
          )}
        </For>
      </div>
    </fieldset>
  );
}
