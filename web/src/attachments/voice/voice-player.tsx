import { onCleanup } from 'solid-js';
import { Drawing } from '../../ui/icon';
import { attachmentWords } from '../../words/words';
import { changeSpeed, isPlayingNow, positionOf, seek, speed, stopElsewhere, toggle } from './player';
import { clockOf, type Voice } from './voice-name';
import { Waveform } from './waveform';

const PLAY_PATH = 'M8 5v14l11-7Z';
const PAUSE_PATH = 'M9 5v14M15 5v14';

/** A voice message in its bubble: play, position, speed. Nothing is loaded before it is played. */
export function VoicePlayer(props: { voice: Voice; url: string }) {
  const position = () => Math.min(positionOf(props.url), props.voice.seconds);
  const isPlaying = () => isPlayingNow(props.url);
  /** By keyboard, in seconds. */
  const step = () => Math.max(1, Math.round(props.voice.seconds / 20));

  function onKeyDown(event: KeyboardEvent): void {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    seek(props.url, Math.min(props.voice.seconds, Math.max(0, position() + direction * step())));
  }

  const { pathname } = location;
  onCleanup(() => stopElsewhere(props.url, pathname));

  return (
    <div
      // Time runs from left to right in every language.
      dir="ltr"
      role="group"
      class="flex h-14 w-72 max-w-full items-center gap-2.5 px-1"
      aria-label={attachmentWords.voice.of(clockOf(props.voice.seconds))}
    >
      <button
        type="button"
        class="grid size-11 shrink-0 place-items-center rounded-full bg-accent text-on-accent hover:bg-accent-hover"
        aria-label={isPlaying() ? attachmentWords.voice.pause : attachmentWords.voice.play}
        onClick={() => toggle(props.url)}
      >
        <Drawing path={isPlaying() ? PAUSE_PATH : PLAY_PATH} class="size-5 fill-current" />
      </button>
      <div class="grid min-w-0 flex-1">
        <div class="relative grid rounded-md has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
          <Waveform levels={props.voice.levels} played={position() / props.voice.seconds} />
          <input
            type="range"
            class="absolute inset-0 size-full cursor-pointer opacity-0"
            min={0}
            max={props.voice.seconds}
            step={0.1}
            value={position()}
            aria-label={attachmentWords.voice.position}
            aria-valuetext={attachmentWords.voice.at(clockOf(position()), clockOf(props.voice.seconds))}
            onInput={({ currentTarget }) => seek(props.url, currentTarget.valueAsNumber)}
            onKeyDown={onKeyDown}
          />
        </div>
        <span class="text-xs leading-4 tabular-nums text-muted">
          {clockOf(position() > 0 ? position() : props.voice.seconds)}
        </span>
      </div>
      <button
        type="button"
        class="h-11 min-w-11 shrink-0 rounded-full px-1 text-xs font-semibold tabular-nums opacity-80 hover:bg-ink/10 hover:opacity-100"
        aria-label={attachmentWords.voice.speed(speed())}
        onClick={changeSpeed}
      >
        {attachmentWords.voice.times(speed())}
      </button>
    </div>
  );
}
