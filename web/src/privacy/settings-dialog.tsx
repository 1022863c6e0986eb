import { Match, Show, Switch, type Accessor, type JSX } from 'solid-js';
import { Dialog } from '../ui/dialog';
import { privacyWords } from '../words/words';
import type { Settings } from './settings.store';

interface SettingsDialogProps<T extends object> {
  title: string;
  text: string;
  settings: Settings<T>;
  onClose(): void;
  /** Rendered once they are loaded. */
  children(values: Accessor<T>): JSX.Element;
}

/** A dialog with settings that take effect at once. */
export function SettingsDialog<T extends object>(props: SettingsDialogProps<T>) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p class="px-5 pb-3 text-sm text-pretty wrap-anywhere text-muted">{props.text}</p>
      <div class="slim-scrollbar flex min-h-40 flex-col gap-3 overflow-y-auto *:shrink-0 px-5 pb-5">
        <Switch fallback={<p class="py-8 text-center text-muted">{privacyWords.loading}</p>}>
          <Match when={props.settings.values()}>{(values) => props.children(values)}</Match>
          <Match when={props.settings.hasFailed()}>
            <div class="grid justify-items-center gap-3 py-8 text-center">
              <p class="text-pretty">{privacyWords.notLoaded}</p>
              <button
                type="button"
                class="button-quiet text-accent"
                aria-disabled={props.settings.isLoading()}
                onClick={() => props.settings.load()}
              >
                {privacyWords.tryAgain}
              </button>
            </div>
          </Match>
        </Switch>
      </div>
      <Show when={props.settings.isRefused()}>
        <p class="border-t border-line px-5 py-3 text-sm font-medium text-danger" role="alert">
          {privacyWords.share.notSaved}
        </p>
      </Show>
    </Dialog>
  );
}
