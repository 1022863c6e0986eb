import type { QueuedFile } from '@parley/client';
import { createEffect, createSignal, on, onCleanup, onMount, Show, untrack } from 'solid-js';
import type { ComposerMode } from '../../messages/composer/composer-mode';
import { useChat } from '../../realtime/chat.store';
import { Drawing, Icon } from '../../ui/icon';
import { dismissNotice, showNotice } from '../../ui/notices';
import { attachmentWords } from '../../words/words';
import { attachmentParts } from '../load-attachments';
import { prepareFiles } from '../prepare-files';
import { leftRecording, startRecording, type Recording } from './recording';
import { RecordingBar } from './recording-bar';

const MICROPHONE_PATH = 'M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3Zm-7-3a7 7 0 0 0 14 0m-7 7v3';
const NOTICE = 'microphone';

export { canRecord } from './recording';

/** A press that is shorter records without being held. In milliseconds. */
const HOLD_MS = 400;
/** So far towards the start of the line, a held recording is cancelled. In CSS pixels. */
const CANCEL_PX = 110;
/** A press that comes so soon after a form was sent is the second of a double press of its button. In milliseconds. */
const DOUBLE_PRESS_MS = 500;

/** When a form was sent last: the button comes in the place of the one that sends. */
let sentAt = -Infinity;
document.addEventListener('submit', ({ timeStamp }) => (sentAt = timeStamp));

/** Recordings that ended because their chat was left, by user and room: they are there when it is opened again. */
const kept = new Map<string, Recording>();

interface VoiceButtonProps {
  roomId: number;
  /** It answers what a text would answer. */
  mode: ComposerMode;
  onSent(): void;
}

/** What happened to the last recording, for screen readers. */
type News = 'started' | 'ended' | 'cancelled' | 'queued';

/**
 * Records a voice message: held, it is sent when it is released, and cancelled when it is moved away; pressed, it records
 * until the user sends or cancels.
 */
export function VoiceButton(props: VoiceButtonProps) {
  const chat = useChat();
  const key = untrack(() => `${chat.me}/${props.roomId}`);
  const [recording, setRecording] = createSignal<Recording | null>(kept.get(key) ?? null);
  /** Where the pointer that holds the button went down; null: none does. */
  const [hold, setHold] = createSignal<{ x: number; at: number } | null>(null);
  /** How far a held button was moved towards the start of the line, in CSS pixels. */
  const [slide, setSlide] = createSignal(0);
  const [news, setNews] = createSignal<News | null>(null);
  let button: HTMLButtonElement | undefined;
  /** The question for the microphone is open. */
  let isAsking = false;
  let isGone = false;
  let ignoresClick = false;

  async function begin(): Promise<void> {
    if (isAsking || recording()) return;
    isAsking = true;
    // What shows it in the log, also if there is no connection by then.
    attachmentParts().prepare();
    try {
      const started = await startRecording(chat.limits().attachment_max_bytes, key);
      dismissNotice(NOTICE);
      if (isGone) {
        void started.drop();
        return;
      }
      setRecording(started);
      setNews('started');
      button?.focus();
    } catch (error) {
      setHold(null);
      showNotice({ id: NOTICE, text: explain(error) });
    } finally {
      isAsking = false;
    }
  }

  /** A recording from before a reload waits for the user, like that of a chat that was left. */
  async function findLeft(): Promise<void> {
    const left = await leftRecording(key);
    if (!left || recording()) return;
    if (isGone) kept.set(key, left);
    else setRecording(left);
  }

  /** Ends the recording. @returns it, the first time. */
  function take(because: News): Recording | null {
    const taken = recording();
    taken?.stop();
    kept.delete(key);
    setRecording(null);
    setHold(null);
    setSlide(0);
    dismissNotice(NOTICE);
    if (taken) setNews(because);
    if (because === 'cancelled') void taken?.drop();
    return taken;
  }

  async function send(): Promise<void> {
    const taken = take('queued');
    if (!taken) return;
    const files = await prepareFiles([], [await taken.finish()], chat.limits());
    if (files.length > 0) sendFiles(files);
    await taken.drop();
  }

  function sendFiles(files: readonly QueuedFile[]): void {
    const { mode } = props;
    const current = mode.current();
    const quote = current?.kind === 'reply' ? current.quote : null;
    chat.client.send(props.roomId, '', { files, replyTo: quote });
    props.onSent();
    if (quote) mode.end();
  }

  function onPointerDown(event: PointerEvent & { currentTarget: HTMLButtonElement }): void {
    if (event.button !== 0) return;
    // The click at the end of the press that begins.
    ignoresClick = recording() === null;
    setHold(null);
    if (recording() || event.timeStamp - sentAt < DOUBLE_PRESS_MS) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setHold({ x: event.clientX, at: performance.now() });
    void begin();
  }

  function onPointerMove(event: PointerEvent): void {
    const held = hold();
    if (!held || !recording()) return;
    const moved = (event.clientX - held.x) * towardsStart();
    if (moved > CANCEL_PX) take('cancelled');
    else setSlide(Math.max(0, moved));
  }

  /** A recording that began only with the answer to the question for the microphone goes on without being held. */
  function onPointerUp(): void {
    const held = hold();
    setHold(null);
    setSlide(0);
    if (!held || performance.now() - held.at < HOLD_MS) return;
    if ((recording()?.seconds() ?? 0) > HOLD_MS / 1_000) void send();
  }

  function onClick({ detail }: MouseEvent): void {
    // 0: by the keyboard, or by a screen reader.
    if (detail !== 0 && ignoresClick) return;
    if (recording()) void send();
    else void begin();
  }

  const towardsStart = () => (button && getComputedStyle(button).direction === 'rtl' ? 1 : -1);

  const untilCleanup = new AbortController();
  onMount(() => {
    if (!recording()) void findLeft();
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || !recording()) return;
        event.preventDefault();
        event.stopPropagation();
        take('cancelled');
        button?.focus();
      },
      { capture: true, signal: untilCleanup.signal },
    );
  });
  onCleanup(() => {
    isGone = true;
    untilCleanup.abort();
    const left = recording();
    if (!left) return;
    left.stop();
    kept.set(key, left);
  });

  // What the recording covers is out of reach meanwhile.
  createEffect(
    on(recording, (now) => {
      for (const other of button?.parentElement?.children ?? []) {
        if (other instanceof HTMLElement && !other.hasAttribute('data-voice')) other.inert = now !== null;
      }
    }),
  );
  onCleanup(() => {
    for (const other of button?.parentElement?.children ?? []) {
      if (other instanceof HTMLElement) other.inert = false;
    }
  });
  createEffect(() => {
    if (recording()?.isFull()) showNotice({ id: NOTICE, text: attachmentWords.voice.full });
  });
  createEffect(
    on(
      () => recording()?.isRunning(),
      (isRunning) => isRunning === false && setNews('ended'),
    ),
  );

  return (
    <>
      <p class="sr-only" role="status" data-voice>
        {news() && attachmentWords.voice[news()!]}
      </p>
      <Show when={recording()} keyed>
        {(shown) => (
          <RecordingBar
            recording={shown}
            held={hold() && { part: slide() / CANCEL_PX, offset: slide() * towardsStart() }}
            onCancel={() => {
              take('cancelled');
              button?.focus();
            }}
          />
        )}
      </Show>
      <button
        ref={(element) => (button = element)}
        type="button"
        data-voice
        data-later
        class="relative grid size-11 shrink-0 touch-none place-items-center rounded-full transition-[background-color,scale] select-none [-webkit-touch-callout:none] motion-reduce:transition-none"
        classList={{
          'bg-accent text-on-accent hover:bg-accent-hover': recording() !== null,
          'text-muted hover:bg-hover': !recording(),
          'scale-125': hold() !== null && recording() !== null,
        }}
        style={{ translate: `${slide() * towardsStart()}px 0` }}
        aria-label={recording() ? attachmentWords.voice.send : attachmentWords.voice.record}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        // The gesture was taken away: it goes on without being held.
        onPointerCancel={() => {
          setHold(null);
          setSlide(0);
        }}
        onContextMenu={(event) => event.preventDefault()}
        onClick={onClick}
      >
        <Show when={recording() && !hold()} fallback={<Drawing path={MICROPHONE_PATH} class="size-5" />}>
          <Icon name="send" />
        </Show>
      </button>
    </>
  );
}

/** Why there is no recording, as the user can change it. */
function explain(error: unknown): string {
  const { voice } = attachmentWords;
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return voice.denied;
  return name === 'NotFoundError' ? voice.missing : voice.busy;
}
