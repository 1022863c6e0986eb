/** Bars of a waveform. */
export const BARS = 40;
/** A bar has one of so many heights: a hexadecimal digit in the name. */
const HEIGHTS = 15;

/** What the name of a voice message says of it. */
export interface Voice {
  seconds: number;
  /** How loud each part is, from 0 to 1. */
  levels: readonly number[];
}

const SHAPE = new RegExp(` (\\d{1,5}\\.\\d)s ([0-9a-f]{${BARS}})\\.\\w+$`);

/**
 * The name of a voice message, such as `Voice message 12.3s 0136….webm`: readers show its waveform before they load any of it,
 * and never decode a file to know what is in it.
 * @param label what people call it.
 * @param levels as they were measured, each from 0 to 1.
 */
export function voiceName(label: string, { seconds, levels }: Voice, ending: string): string {
  const bars = inBars(levels);
  // A quiet voice fills the waveform as well; silence stays flat.
  const loudest = Math.max(0.2, ...bars);
  const digits = bars.map((level) => Math.round((level / loudest) * HEIGHTS).toString(16)).join('');
  return `${label} ${Math.min(seconds, 99_999).toFixed(1)}s ${digits}.${ending}`;
}

/** Null: it is no voice message. */
export function voiceOf({ name, type }: { name: string; type: string }): Voice | null {
  if (!type.startsWith('audio/')) return null;
  const [, seconds, digits] = SHAPE.exec(name) ?? [];
  if (seconds === undefined || digits === undefined || Number(seconds) === 0) return null;
  return {
    seconds: Number(seconds),
    levels: [...digits].map((digit) => Number.parseInt(digit, 16) / HEIGHTS),
  };
}

/** Each bar is the loudest of its part. */
function inBars(levels: readonly number[]): number[] {
  return Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / BARS);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / BARS));
    return Math.max(0, ...levels.slice(from, to));
  });
}

/** As people read a time: 0:07, 12:30. */
export function clockOf(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
