import type { QueuedFile } from '@parley/client';
import type { Attachment } from '@parley/shared';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { useSession } from '../auth/session';
import { Drawing, Icon } from '../ui/icon';
import { attachmentWords } from '../words/words';
import { imageBox, type Box } from './image-box';
import type { ShownFile } from './layout';
import { createLocalUrl } from './local-image';
import { progressOf } from './progress';
import { FILE_PATH } from './tray';
import { Viewer } from './viewer';
import { clockOf, voiceOf } from './voice/voice-name';
import { VoicePlayer } from './voice/voice-player';
import { Waveform } from './voice/waveform';

interface AttachedFilesProps {
  files: readonly ShownFile[];
  /** Gives up the message while it is on its way. */
  onCancel(): void;
}

const isStored = (file: ShownFile): file is Attachment => 'url' in file;

/** The files of a message: images, video and audio in place, others as cards. */
export function AttachedFiles(props: AttachedFilesProps) {
  const session = useSession();
  const [shown, setShown] = createSignal<number | null>(null);
  const images = () => props.files.filter((file): file is Attachment => isStored(file) && !!imageBox(file));
  const urlOf = ({ url }: Attachment) => session.urlOf(url);
  return (
    <div class="-mx-1.5 mt-0.5 mb-1 grid grid-cols-[minmax(0,1fr)] justify-items-start gap-1" data-later>
      <For each={props.files}>
        {(file) => (
          <Show
            when={isStored(file) && file}
            fallback={<OnItsWay file={file as QueuedFile} onCancel={props.onCancel} />}
          >
            {(stored) => (
              <Switch fallback={<Card file={stored()} url={urlOf(stored())} />}>
                <Match when={imageBox(stored())}>
                  {(box) => (
                    <button
                      type="button"
                      class="block overflow-hidden rounded-xl bg-hover outline-offset-2"
                      style={sized(box())}
                      aria-label={attachmentWords.open(stored().name)}
                      aria-haspopup="dialog"
                      onClick={() => setShown(images().findIndex(({ id }) => id === stored().id))}
                    >
                      <img
                        class="size-full object-cover"
                        src={session.urlOf(stored().thumbnail_url ?? stored().url)}
                        alt={attachmentWords.imageOf(stored().name)}
                        width={box().width}
                        height={box().height}
                        decoding="async"
                        draggable={false}
                      />
                    </button>
                  )}
                </Match>
                <Match when={stored().type.startsWith('video/')}>
                  <video
                    class="h-54 w-72 max-w-full rounded-xl bg-black"
                    src={urlOf(stored())}
                    controls
                    playsinline
                    preload="metadata"
                    aria-label={stored().name}
                  />
                </Match>
                <Match when={voiceOf(stored())}>
                  {(voice) => <VoicePlayer voice={voice()} url={urlOf(stored())} />}
                </Match>
                <Match when={stored().type.startsWith('audio/')}>
                  <audio
                    class="h-14 w-72 max-w-full"
                    src={urlOf(stored())}
                    controls
                    preload="metadata"
                    aria-label={stored().name}
                  />
                </Match>
              </Switch>
            )}
          </Show>
        )}
      </For>
      <Show when={shown() !== null}>
        <Viewer images={images()} start={shown() ?? 0} urlOf={urlOf} onClose={() => setShown(null)} />
      </Show>
    </div>
  );
}

/** Set by script, which the policy of the page allows: known before the image is loaded, so nothing moves. */
function sized({ width, height }: Box) {
  return { width: `${width}px`, 'max-width': '100%', 'aspect-ratio': `${width} / ${height}` };
}

function Card(props: { file: Attachment; url: string }) {
  return (
    <a
      class="flex h-14 w-72 max-w-full items-center gap-3 rounded-xl bg-ink/5 px-3 hover:bg-ink/10"
      href={props.url}
      target="_blank"
      rel="noopener"
    >
      <Drawing path={FILE_PATH} class="size-7 opacity-70" />
      <span class="grid min-w-0">
        <span class="truncate text-sm font-medium" dir="auto">
          {props.file.name}
        </span>
        <span class="text-xs text-muted">
          {endingOf(props.file.name)}
          {attachmentWords.bytes(props.file.size)}
        </span>
      </span>
    </a>
  );
}

function endingOf(name: string): string {
  const [, ending] = /\.([A-Za-z0-9]{1,8})$/.exec(name) ?? [];
  return ending ? `${ending.toUpperCase()} · ` : '';
}

/** A file that is not on the server yet, with how far it is. */
function OnItsWay(props: { file: QueuedFile; onCancel(): void }) {
  const percent = () => Math.round((progressOf(props.file.key) ?? 0) * 100);
  return (
    <div
      class="relative flex h-14 w-72 max-w-full items-center gap-3 overflow-hidden rounded-xl bg-ink/5 pe-2 ps-3"
      classList={{ 'p-0!': !!imageBox(props.file) }}
      style={imageBox(props.file) ? { ...sized(imageBox(props.file)!), height: 'auto' } : {}}
    >
      <Show
        when={imageBox(props.file)}
        fallback={
          <>
            <Show
              when={voiceOf(props.file)}
              fallback={
                <>
                  <Drawing path={FILE_PATH} class="size-7 opacity-70" />
                  <span class="grid min-w-0 flex-1">
                    <span class="truncate text-sm font-medium" dir="auto">
                      {props.file.name}
                    </span>
                    <span class="text-xs tabular-nums text-muted">
                      {attachmentWords.progress(props.file.size, percent())}
                    </span>
                  </span>
                </>
              }
            >
              {(voice) => (
                <span class="grid min-w-0 flex-1" dir="ltr">
                  <Waveform levels={voice().levels} played={0} />
                  <span class="text-xs leading-4 tabular-nums text-muted">{clockOf(voice().seconds)}</span>
                </span>
              )}
            </Show>
          </>
        }
      >
        <Preview file={props.file} />
      </Show>
      <progress
        class="absolute inset-x-0 bottom-0 h-1 w-full appearance-none [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:bg-accent"
        max={100}
        value={percent()}
        aria-label={attachmentWords.uploading(percent())}
      />
      <button
        type="button"
        class="grid size-9 shrink-0 place-items-center rounded-full bg-panel/80 text-ink hover:bg-hover"
        classList={{ 'absolute top-1.5 end-1.5': !!imageBox(props.file) }}
        aria-label={attachmentWords.cancel}
        onClick={() => props.onCancel()}
      >
        <Icon name="close" class="size-4" />
      </button>
    </div>
  );
}

function Preview(props: { file: QueuedFile }) {
  // oxlint-disable-next-line solid/reactivity -- A bubble shows the same files as long as it is there.
  const url = createLocalUrl(props.file.key);
  return (
    <img
      class="size-full object-cover opacity-70"
      src={url() ?? undefined}
      alt={attachmentWords.imageOf(props.file.name)}
    />
  );
}
