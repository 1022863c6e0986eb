/** Two short tones, in Hz, and when each begins, in seconds. */
const TONES = [
  [660, 0],
  [880, 0.09],
] as const;
const TONE_SECONDS = 0.18;
const VOLUME = 0.08;

let context: AudioContext | undefined;

/** Plays the tone of a new message. Silent where the user has not touched the page yet: browsers want it so. */
export async function playSound(): Promise<void> {
  context ??= new AudioContext();
  if (context.state !== 'running') await Promise.race([context.resume(), wait(200)]);
  if (context.state !== 'running') return;
  const begin = context.currentTime + 0.02;
  for (const [frequency, offset] of TONES) {
    const oscillator = new OscillatorNode(context, { type: 'sine', frequency });
    const gain = new GainNode(context, { gain: 0 });
    const start = begin + offset;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(VOLUME, start + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.001, start + TONE_SECONDS);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + TONE_SECONDS);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
