import type { ExportProgress } from '@parley/shared';
import { createSignal, onCleanup, Show } from 'solid-js';
import { HttpError } from '../../api/http';
import { Dialog } from '../../ui/dialog';
import { accountWords, type OwnAccountWords } from '../../words/words';
import { exportData, exportProgress } from './accounts.api';
import { commonText } from './form.store';

/** How often the progress is asked, in milliseconds. */
const POLL_MS = 1_000;
/** The address of a file that was saved is kept for so long, in milliseconds, because saving begins later. */
const KEPT_MS = 60_000;

const BAR = 'h-2 w-full overflow-hidden rounded-full accent-accent';

interface DataExportProps {
  words: OwnAccountWords;
  onClose(): void;
}

/** Saves all data of the user as one archive. Closing the dialog stops it. */
export function DataExport(props: DataExportProps) {
  const [running, setRunning] = createSignal<AbortController | null>(null);
  const [progress, setProgress] = createSignal<ExportProgress | null>(null);
  const [said, setSaid] = createSignal('');
  const [problem, setProblem] = createSignal('');
  onCleanup(() => running()?.abort());

  async function start(): Promise<void> {
    if (running()) return;
    const controller = new AbortController();
    setRunning(controller);
    setProgress(null);
    setProblem('');
    setSaid(props.words.dataExport.running);
    const timer = setInterval(() => void poll(controller.signal), POLL_MS);
    try {
      const archive = await exportData(controller.signal);
      if (controller.signal.aborted) return;
      save(archive);
      setSaid(props.words.dataExport.done);
    } catch (error) {
      setSaid('');
      if (controller.signal.aborted) return;
      if (!(error instanceof HttpError)) throw error;
      setProblem(textOf(error));
    } finally {
      clearInterval(timer);
      setRunning(null);
    }
  }

  async function poll(signal: AbortSignal): Promise<void> {
    // Without an answer the bar stays as it is.
    const next = await exportProgress().catch(() => null);
    if (next?.running && !signal.aborted) setProgress(next);
  }

  function textOf(error: HttpError): string {
    if (error.status === 409) return props.words.dataExport.isRunning;
    return error.status === 429 ? commonText(error) : props.words.dataExport.failed;
  }

  return (
    <Dialog title={accountWords.dataExport.title} onClose={props.onClose}>
      <div class="grid gap-5 overflow-y-auto px-5 pt-1 pb-5">
        <p class="text-pretty">{props.words.dataExport.text}</p>
        <p class="text-sm text-pretty text-muted">{props.words.dataExport.private}</p>
        <Show when={running()}>
          <div class="grid gap-1.5">
            <Show
              when={progress()}
              fallback={<progress class={BAR} aria-label={props.words.dataExport.running} />}
            >
              {(shown) => (
                <progress
                  class={BAR}
                  aria-label={props.words.dataExport.running}
                  value={shown().messages}
                  max={Math.max(1, shown().total)}
                />
              )}
            </Show>
            <p class="flex flex-wrap justify-between gap-x-4 text-sm text-muted tabular-nums">
              <span>{props.words.dataExport.keepOpen}</span>
              <Show when={progress()}>
                {(shown) => <span>{props.words.dataExport.progress(shown().messages, shown().total)}</span>}
              </Show>
            </p>
          </div>
        </Show>
        <p
          class="text-sm font-medium empty:hidden"
          classList={{ 'sr-only': running() !== null }}
          role="status"
        >
          {said()}
        </p>
        <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
          {problem()}
        </p>
        <Show
          when={running()}
          fallback={
            <button type="button" class="button-primary" onClick={() => void start()}>
              {problem() === '' ? props.words.dataExport.start : props.words.dataExport.again}
            </button>
          }
        >
          {(controller) => (
            <button type="button" class="button-quiet justify-self-end" onClick={() => controller().abort()}>
              {props.words.dataExport.stop}
            </button>
          )}
        </Show>
      </div>
    </Dialog>
  );
}

function save(archive: Blob): void {
  const url = URL.createObjectURL(archive);
  const link = document.createElement('a');
  link.href = url;
  link.download = `parley-export-${new Date().toISOString().slice(0, 10)}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
