import { BARS } from './voice-name';

/** Of the drawing: each bar has 4 units of width, the drawing 32 of height. */
const WIDTH = 4;
const HALF = 16;

interface WaveformProps {
  /** From 0 to 1 each, at most BARS: the rest is empty, at the start. */
  levels: readonly number[];
  /** How much of it was played, from 0 to 1; null: it is not for playing. */
  played: number | null;
}

/** A drawing of how loud a voice message is. It says nothing that text beside it does not say. */
export function Waveform(props: WaveformProps) {
  const reached = () => (props.played === null ? BARS : Math.round(props.played * BARS));
  return (
    <svg
      class="h-7 w-full"
      viewBox={`0 0 ${BARS * WIDTH} ${2 * HALF}`}
      preserveAspectRatio="none"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <path class="opacity-40" vector-effect="non-scaling-stroke" d={bars(props.levels, BARS)} />
      <path vector-effect="non-scaling-stroke" d={bars(props.levels, reached())} />
    </svg>
  );
}

/** A vertical line for each level, the first `count`: each move is relative to the end of the line before. */
function bars(levels: readonly number[], count: number): string {
  const shown = [...Array<number>(Math.max(0, BARS - levels.length)).fill(0), ...levels.slice(-BARS)];
  const halves = shown.slice(0, count).map((level) => Math.max(0.5, level * (HALF - 2)));
  return halves
    .map((half, index) => {
      const before = halves[index - 1];
      const [x, y] = before === undefined ? [WIDTH / 2, HALF - half] : [WIDTH, -before - half];
      return `m${x},${y}v${2 * half}`;
    })
    .join('');
}
