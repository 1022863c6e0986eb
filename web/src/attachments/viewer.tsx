import type { Attachment } from '@parley/shared';
import { createEffect, createSignal, on, Show } from 'solid-js';
import { Drawing, Icon } from '../ui/icon';
import { createModal } from '../ui/modal';
import { attachmentWords, words } from '../words/words';

interface ViewerProps {
  images: readonly Attachment[];
  /** Which of them is shown first. */
  start: number;
  urlOf(image: Attachment): string;
  onClose(): void;
}

const ZOOMS = [1, 1.5, 2, 3, 4];
const LEFT = 'm15 18-6-6 6-6';
const RIGHT = 'm9 18 6-6-6-6';
const PLUS = 'M12 5v14M5 12h14';
const MINUS = 'M5 12h14';
const SAVE = 'M12 4v11m0 0-5-5m5 5 5-5M5 20h14';

/**
 * Images one by one over the whole window, in the browser's own dialog. Arrows turn to the next one, plus and minus and a
 * double click zoom, Escape and Back close.
 */
export function Viewer(props: ViewerProps) {
  // oxlint-disable-next-line solid/reactivity -- Where it opens; then the user turns.
  const [at, setAt] = createSignal(props.start);
  const [zoom, setZoom] = createSignal(0);
  const image = () => props.images[Math.min(at(), props.images.length - 1)];
  let dialog: HTMLDialogElement | undefined;
  const close = createModal(() => dialog);
  createEffect(on(at, () => setZoom(0), { defer: true }));
  // The message was deleted while it was looked at.
  createEffect(() => !image() && void close());

  const turn = (by: number) => setAt((before) => Math.max(0, Math.min(props.images.length - 1, before + by)));
  const magnify = (by: number) => setZoom((before) => Math.max(0, Math.min(ZOOMS.length - 1, before + by)));

  function onKeyDown(event: KeyboardEvent): void {
    const act = {
      // Zoomed in, the arrows scroll.
      ...(zoom() > 0 ? {} : { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) }),
      '+': () => magnify(1),
      '=': () => magnify(1),
      '-': () => magnify(-1),
      '0': () => setZoom(0),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  return (
    <dialog
      ref={(element) => (dialog = element)}
      class="viewer-box m-0 h-dvh max-h-none w-dvw max-w-none overflow-hidden bg-black/90 text-white outline-none backdrop:bg-black/60"
      aria-label={attachmentWords.viewer}
      onClose={() => props.onClose()}
      onKeyDown={onKeyDown}
    >
      <div class="flex h-full flex-col">
        <header class="flex items-center gap-1 p-2">
          <p class="min-w-0 flex-1 truncate px-2 text-sm" dir="auto">
            {image()?.name}
            <Show when={props.images.length > 1}>
              <span class="ms-2 tabular-nums opacity-75">
                {attachmentWords.place(at() + 1, props.images.length)}
              </span>
            </Show>
          </p>
          <Tool
            label={attachmentWords.zoomOut}
            path={MINUS}
            onClick={() => magnify(-1)}
            disabled={zoom() === 0}
          />
          <Tool
            label={attachmentWords.zoomIn}
            path={PLUS}
            onClick={() => magnify(1)}
            disabled={zoom() === ZOOMS.length - 1}
          />
          <Show when={image()}>
            {(shown) => (
              <a
                class="grid size-11 place-items-center rounded-full hover:bg-white/15"
                href={props.urlOf(shown())}
                download={shown().name}
                aria-label={attachmentWords.download(shown().name)}
              >
                <Drawing path={SAVE} class="size-5" />
              </a>
            )}
          </Show>
          <button
            type="button"
            class="grid size-11 place-items-center rounded-full hover:bg-white/15"
            aria-label={words.close}
            onClick={() => void close()}
          >
            <Icon name="close" />
          </button>
        </header>
        <div
          class="grid min-h-0 flex-1 grid-cols-[100%] grid-rows-[100%] overflow-auto"
          // Beside the image.
          onClick={(event) => event.target === event.currentTarget && close()}
        >
          <Show when={image()}>
            {(shown) => (
              <img
                class="m-auto object-contain"
                style={{
                  'max-width': `${(ZOOMS[zoom()] ?? 1) * 100}%`,
                  'max-height': `${(ZOOMS[zoom()] ?? 1) * 100}%`,
                  ...(zoom() > 0 ? { width: `${(ZOOMS[zoom()] ?? 1) * 100}%` } : {}),
                }}
                src={props.urlOf(shown())}
                alt={attachmentWords.imageOf(shown().name)}
                onDblClick={() => setZoom((before) => (before === 0 ? 2 : 0))}
              />
            )}
          </Show>
        </div>
        <Show when={props.images.length > 1}>
          <footer class="flex justify-center gap-2 p-2">
            <Tool
              label={attachmentWords.previous}
              path={LEFT}
              onClick={() => turn(-1)}
              disabled={at() === 0}
            />
            <Tool
              label={attachmentWords.next}
              path={RIGHT}
              onClick={() => turn(1)}
              disabled={at() === props.images.length - 1}
            />
          </footer>
        </Show>
      </div>
    </dialog>
  );
}

function Tool(props: { label: string; path: string; onClick(): void; disabled: boolean }) {
  return (
    <button
      type="button"
      class="grid size-11 place-items-center rounded-full hover:bg-white/15 aria-disabled:opacity-40"
      aria-label={props.label}
      aria-disabled={props.disabled}
      onClick={() => props.onClick()}
    >
      <Drawing path={props.path} class="size-5" />
    </button>
  );
}
