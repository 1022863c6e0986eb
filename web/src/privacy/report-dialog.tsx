import { hasVisibleText, MAX_REASON_LENGTH, REPORT_CATEGORIES, type ReportCategory } from '@parley/shared';
import { createSignal, For, Show } from 'solid-js';
import { Dialog } from '../ui/dialog';
import { showNotice } from '../ui/notices';
import { nameOf } from '../users/name-of';
import { privacyWords } from '../words/words';
import { createPeerActions } from './peer-actions';
import type { PeerDialogProps } from './peer-dialog-props';

/** Sends a report of the other to the people who run the server. */
export function ReportDialog(props: PeerDialogProps) {
  const actions = createPeerActions();
  const [isMissing, setMissing] = createSignal(false);
  const name = () => nameOf(props.peer);

  async function send(form: HTMLFormElement): Promise<void> {
    const data = new FormData(form);
    const category = data.get('category') as ReportCategory | null;
    setMissing(category === null);
    if (category === null) return form.querySelector<HTMLElement>('[name=category]')?.focus();
    const details = String(data.get('details') ?? '');
    const report = hasVisibleText(details) ? { category, reason: details } : { category };
    if (!(await actions.report(props.room.room.id, report))) return;
    const alsoBlocks = data.has('block');
    if (alsoBlocks && !(await actions.block(props.peer))) return;
    showNotice({
      id: 'reported',
      text: alsoBlocks ? privacyWords.report.sentAndBlocked(name()) : privacyWords.report.sent,
    });
    props.onClose();
  }

  return (
    <Dialog title={privacyWords.report.title(name())} onClose={props.onClose}>
      <form
        class="slim-scrollbar grid gap-4 overflow-y-auto px-5 pb-5"
        novalidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
      >
        <p class="text-sm text-pretty wrap-anywhere text-muted">{privacyWords.report.text(name())}</p>
        <fieldset class="grid" aria-describedby={isMissing() ? 'category-missing' : undefined}>
          <legend class="pb-1 font-semibold">{privacyWords.report.category}</legend>
          <For each={REPORT_CATEGORIES}>
            {(category) => (
              <label class="flex min-h-11 cursor-pointer items-center gap-3">
                <input
                  type="radio"
                  name="category"
                  class="size-4.5 accent-accent"
                  value={category}
                  onChange={() => setMissing(false)}
                />
                {privacyWords.report.categories[category]}
              </label>
            )}
          </For>
          <Show when={isMissing()}>
            <p id="category-missing" class="text-sm font-medium text-danger" role="alert">
              {privacyWords.report.missing}
            </p>
          </Show>
        </fieldset>
        <label class="grid gap-1.5">
          <span class="font-semibold">{privacyWords.report.details}</span>
          <textarea
            name="details"
            class="text-field slim-scrollbar h-auto resize-none py-2.5"
            rows={3}
            maxLength={MAX_REASON_LENGTH}
            dir="auto"
          />
        </label>
        <Show when={!props.room.room.blocked}>
          <label class="flex min-h-11 cursor-pointer items-center gap-3">
            <input type="checkbox" name="block" class="size-4.5 shrink-0 accent-accent" />
            <span class="min-w-0 wrap-anywhere">{privacyWords.report.alsoBlock(name())}</span>
          </label>
        </Show>
        <p class="text-sm font-medium text-danger empty:hidden" role="alert">
          {actions.problem()}
        </p>
        <button type="submit" class="button-primary" aria-disabled={actions.isBusy()}>
          {actions.isBusy() ? privacyWords.report.sending : privacyWords.report.send}
        </button>
      </form>
    </Dialog>
  );
}
