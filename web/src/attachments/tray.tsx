import type { QueuedFile } from '@parley/client';
import { For, Show } from 'solid-js';
import { Drawing, Icon } from '../ui/icon';
import { attachmentWords } from '../words/words';
import { createLocalUrl } from './local-image';

export const FILE_PATH = 'M14 3v5h5M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8Z';

interface TrayProps {
  files: readonly QueuedFile[];
  onRemove(file: QueuedFile): void;
  /** Files are dragged above the window. */
  isOver: boolean;
}

/** The files that go with the next message. */
export function Tray(props: TrayProps) {
  return (
    <>
      <Show when={props.isOver}>
        <DropZone />
      </Show>
      <Show when={props.files.length > 0}>
        <ul
          class="slim-scrollbar flex gap-2 overflow-x-auto px-1 pt-2 pb-1"
          aria-label={attachmentWords.list}
        >
          <For each={props.files}>
            {(file) => <TrayFile file={file} onRemove={() => props.onRemove(file)} />}
          </For>
        </ul>
      </Show>
    </>
  );
}

function TrayFile(props: { file: QueuedFile; onRemove(): void }) {
  return (
    <li class="relative flex h-16 shrink-0 items-center gap-2 rounded-xl border border-line bg-raised">
      <Show
        when={props.file.width}
        fallback={
          <span class="grid max-w-48 grid-cols-[auto_minmax(0,1fr)] items-center gap-x-2 py-1 pe-10 ps-3 text-sm">
            <Drawing path={FILE_PATH} class="row-span-2 size-6 text-muted" />
            <span class="truncate font-medium">{props.file.name}</span>
            <span class="text-xs text-muted">{attachmentWords.bytes(props.file.size)}</span>
          </span>
        }
      >
        <Thumbnail file={props.file} />
      </Show>
      <button
        type="button"
        class="absolute top-0.5 end-0.5 grid size-7 place-items-center rounded-full bg-panel/90 text-ink hover:bg-hover"
        aria-label={attachmentWords.remove(props.file.name)}
        onClick={() => props.onRemove()}
      >
        <Icon name="close" class="size-4" />
      </button>
    </li>
  );
}

function Thumbnail(props: { file: QueuedFile }) {
  // oxlint-disable-next-line solid/reactivity -- The list is keyed by the file: it never changes.
  const url = createLocalUrl(props.file.key);
  return (
    <img
      class="size-16 rounded-[inherit] bg-hover object-cover"
      src={url() ?? undefined}
      alt={attachmentWords.imageOf(props.file.name)}
    />
  );
}

/** Over the chat while the user drags files above the window. */
function DropZone() {
  return (
    <p class="pointer-events-none fixed inset-3 z-30 grid place-items-center rounded-3xl border-2 border-dashed border-accent bg-canvas/85 text-lg font-semibold text-accent">
      {attachmentWords.dropHere}
    </p>
  );
}
