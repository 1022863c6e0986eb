import { createSignal, type Accessor } from 'solid-js';
import { attachmentWords } from '../../words/words';
import { storedParts, storeRecording, type RecordedPart } from './stored-recording';
import { voiceName, type Voice } from './voice-name';

/** Speech in Opus: 4 kB a second. */
const BITS_PER_SECOND = 32_000;
/** How often the level is measured, in milliseconds. */
const STEP_MS = 100;
/** How often the recorder hands over what it has, in milliseconds. */
const PART_MS = 250;
/** The last parts, which come after the recorder was stopped, fit into this. In bytes. */
const RESERVE = 8_192;
/** What is quieter than this is silence, in decibels below the loudest. */
const RANGE_DB = 55;

/** WebM first, which most browsers play and record; MP4 where there is only that. */
const WEBM = { type: 'audio/webm', codec: ';codecs=opus', ending: 'webm' };
const TYPES = [WEBM, { type: 'audio/mp4', codec: '', ending: 'mp4' }];

/** A voice message while it is recorded, and until it is sent or discarded. */
export interface Recording {
  /** False: it has ended, because it is as long as it can be, the user went away, or the microphone did. */
  isRunning: Accessor<boolean>;
  isFull: Accessor<boolean>;
  seconds: Accessor<number>;
  /** How loud it was, from 0 to 1, in steps of 0.1 s: the newest last. */
  levels: Accessor<readonly number[]>;
  /** Ends it, and keeps it. The microphone is off. */
  stop(): void;
  /** Ends it. @returns it as a file. */
  finish(): Promise<File>;
  /** It is sent or discarded: ends it, and the browser stores nothing of it any more. */
  drop(): Promise<void>;
}

/** @returns false where a page cannot record: an old browser. */
export function canRecord(): boolean {
  return typeof MediaRecorder === 'function' && supportedType() !== undefined;
}

function supportedType() {
  return TYPES.find(({ type, codec }) => MediaRecorder.isTypeSupported(type + codec));
}

/**
 * Asks for the microphone, and records. The browser stores it meanwhile.
 * @param key of the user and the chat.
 * @throws DOMException `NotAllowedError`, `NotFoundError` or `NotReadableError`.
 */
export async function startRecording(maxBytes: number, key: string): Promise<Recording> {
  // Made before the question for the microphone: Safari lets one start in the event of the user alone.
  const context = new AudioContext();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch((error: unknown) => {
    void context.close();
    throw error;
  });
  const { type, codec, ending } = supportedType() ?? WEBM;
  const recorder = new MediaRecorder(stream, { mimeType: type + codec, audioBitsPerSecond: BITS_PER_SECOND });
  const levelNow = meter(context, stream);
  const [isRunning, setRunning] = createSignal(true);
  const [isFull, setFull] = createSignal(false);
  const [seconds, setSeconds] = createSignal(0);
  const [levels, setLevels] = createSignal<readonly number[]>([]);
  const stored = storeRecording(key);
  const parts: Blob[] = [];
  let bytes = 0;
  let storedLevels = 0;
  const startedAt = performance.now();

  /** Timers of a hidden page are slow: what was missed is as loud as now. */
  function measure(): void {
    const elapsed = performance.now() - startedAt;
    const missing = Math.floor(elapsed / STEP_MS) - levels().length;
    setSeconds(elapsed / 1_000);
    if (missing > 0) setLevels([...levels(), ...Array<number>(missing).fill(levelNow())]);
  }

  const timer = setInterval(measure, STEP_MS);
  const ended = new Promise<void>((resolve) => {
    recorder.addEventListener('stop', () => {
      clearInterval(timer);
      measure();
      for (const track of stream.getTracks()) track.stop();
      void context.close();
      setRunning(false);
      resolve();
    });
  });
  recorder.addEventListener('dataavailable', ({ data }) => {
    parts.push(data);
    stored.add({ data, seconds: seconds(), levels: levels().slice(storedLevels) });
    storedLevels = levels().length;
    bytes += data.size;
    if (bytes < maxBytes - RESERVE || recorder.state === 'inactive') return;
    setFull(true);
    recorder.stop();
  });
  recorder.start(PART_MS);

  function stop(): void {
    if (recorder.state !== 'inactive') recorder.stop();
  }

  return {
    isRunning,
    isFull,
    seconds,
    levels,
    stop,
    async finish() {
      stop();
      await ended;
      return fileOf(parts, { seconds: seconds(), levels: levels() }, { type, ending });
    },
    async drop() {
      stop();
      // The recorder hands over a last part with its end, which would be stored again.
      await ended;
      await stored.drop();
    },
  };
}

/** The recording that a window of this browser has left behind, with a reload or for good; null: there is none. */
export async function leftRecording(key: string): Promise<Recording | null> {
  const parts = await storedParts(key);
  const seconds = parts.at(-1)?.seconds ?? 0;
  if (seconds === 0) return null;
  const stored = storeRecording(key, true);
  const levels = parts.flatMap((part) => part.levels);
  const type = TYPES.find((known) => parts[0]?.data.type.startsWith(known.type)) ?? WEBM;
  return {
    isRunning: () => false,
    isFull: () => false,
    seconds: () => seconds,
    levels: () => levels,
    stop: () => undefined,
    finish: () => Promise.resolve(fileOf(dataOf(parts), { seconds, levels }, type)),
    drop: () => stored.drop(),
  };
}

const dataOf = (parts: readonly RecordedPart[]) => parts.map(({ data }) => data);

function fileOf(parts: Blob[], voice: Voice, { type, ending }: { type: string; ending: string }): File {
  return new File(parts, voiceName(attachmentWords.voice.label, voice, ending), { type });
}

/** Says how loud the stream is now, from 0 to 1. */
function meter(context: AudioContext, stream: MediaStream): () => number {
  const analyser = context.createAnalyser();
  analyser.fftSize = 2_048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return () => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    return Math.min(1, Math.max(0, 1 + (10 * Math.log10(power + 1e-10)) / RANGE_DB));
  };
}
