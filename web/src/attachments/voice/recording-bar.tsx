import { Show } from 'solid-js';
import { Drawing } from '../../ui/icon';
import { attachmentWords } from '../../words/words';
import type { Recording } from './recording';
import { clockOf } from './voice-name';
import { Waveform } from './waveform';

const BIN_PATH = 'M4 7h16M9 7V4h6v3m-8 0 1 13h8l1-13';

interface RecordingBarProps {
  recording: Pick<Recording, 'isRunning' | 'seconds' | 'levels'>;
  /** How far it is moved towards being cancelled while it is held: `part` from 0 to 1, `offset` in CSS pixels. Null: it is not held. */
  held: { part: number; offset: number } | null;
  onCancel(): void;
}

/** Over the composer: how long and how loud the recording is, and the way out. */
export function RecordingBar(props: RecordingBarProps) {
  return (
    <div
      data-voice
      class="absolute inset-y-0 start-0 end-13 flex items-center gap-3 rounded-3xl bg-raised ps-1"
    >
      <button
        type="button"
        class="button-quiet shrink-0 rounded-full px-0 text-danger"
        aria-label={attachmentWords.voice.cancel}
        onClick={() => props.onCancel()}
      >
        <Drawing path={BIN_PATH} class="size-5" />
      </button>
      <span
        class="size-2.5 shrink-0 rounded-full bg-danger forced-colors:bg-[CanvasText]"
        classList={{ 'animate-blink motion-reduce:animate-none': props.recording.isRunning() }}
      />
      <span class="shrink-0 tabular-nums" role="timer">
        {clockOf(props.recording.seconds())}
      </span>
      <span
        dir="ltr"
        class="max-w-80 min-w-0 flex-1 text-accent"
        classList={{ 'max-sm:hidden': props.held !== null }}
      >
        <Waveform levels={props.recording.levels()} played={null} />
      </span>
      <Show when={props.held}>
        {(held) => (
          <span
            class="ms-auto shrink-0 pe-4 text-sm text-muted"
            style={{ opacity: 1 - held().part, translate: `${held().offset}px 0` }}
          >
            {attachmentWords.voice.slide}
          </span>
        )}
      </Show>
    </div>
  );
}
