import { For, Show } from 'solid-js';

interface ChoiceRowProps {
  name: string;
  values: readonly string[];
  words: { title: string; text?: string; values: Readonly<Record<string, string>> };
  value: string;
  onChange(value: string): void;
}

/** One of several values: all of them at a glance. */
export function ChoiceRow(props: ChoiceRowProps) {
  const hint = () => (props.words.text ? `setting-${props.name}-hint` : undefined);
  return (
    <fieldset class="py-2" aria-describedby={hint()}>
      <legend class="float-start w-full font-semibold">{props.words.title}</legend>
      <Show when={props.words.text}>
        <p id={hint()} class="clear-both pb-1 text-sm text-pretty text-muted">
          {props.words.text}
        </p>
      </Show>
      <div class="clear-both mt-1 flex flex-wrap rounded-xl border border-line bg-hover p-0.5 forced-colors:bg-transparent">
        <For each={props.values}>
          {(value) => (
            <label class="grid min-h-11 flex-auto cursor-pointer place-items-center rounded-[0.625rem] px-3 text-sm font-medium text-muted transition-colors hover:text-ink has-checked:bg-selected has-checked:font-semibold has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent forced-colors:has-checked:border">
              <input
                type="radio"
                class="sr-only"
                name={`setting-${props.name}`}
                checked={props.value === value}
                onChange={() => props.onChange(value)}
              />
              {props.words.values[value]}
            </label>
          )}
        </For>
      </div>
    </fieldset>
  );
}

interface SwitchRowProps {
  name: string;
  words: { title: string; text: string };
  value: boolean;
  isDisabled?: boolean;
  onChange(next: boolean): void;
}

/** Something that is on or off. What the owner does not take is not shown as if it had. */
export function SwitchRow(props: SwitchRowProps) {
  return (
    <label class="flex min-h-15 cursor-pointer items-center gap-4 py-2">
      <span class="grid min-w-0 flex-1">
        <span class="font-semibold">{props.words.title}</span>
        <span id={`setting-${props.name}-hint`} class="text-sm text-pretty text-muted">
          {props.words.text}
        </span>
      </span>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        aria-label={props.words.title}
        aria-describedby={`setting-${props.name}-hint`}
        aria-disabled={props.isDisabled}
        checked={props.value}
        onChange={(event) => {
          if (!props.isDisabled) props.onChange(event.currentTarget.checked);
          event.currentTarget.checked = props.value;
        }}
      />
    </label>
  );
}
