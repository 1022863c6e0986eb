import { createSignal } from 'solid-js';
import { showNotice } from '../../ui/notices';
import { attachmentWords } from '../../words/words';

const SPEEDS = [1, 1.5, 2];

/** One for all voice messages: one plays at a time, also while its bubble is scrolled out of sight. */
let audio: HTMLAudioElement | undefined;
const [current, setCurrent] = createSignal<string | null>(null);
const [isPlaying, setPlaying] = createSignal(false);
const [position, setPosition] = createSignal(0);
const [speed, setSpeed] = createSignal(SPEEDS[0]!);

export { speed };

export function isPlayingNow(url: string): boolean {
  return isPlaying() && current() === url;
}

/** Where a voice message is, in seconds. */
export function positionOf(url: string): number {
  return current() === url ? position() : 0;
}

export function toggle(url: string): void {
  const player = playerOf(url);
  if (player.paused) void player.play().catch(() => undefined);
  else player.pause();
}

/** @param seconds from its beginning. */
export function seek(url: string, seconds: number): void {
  playerOf(url).currentTime = seconds;
  setPosition(seconds);
}

/** Faster, then as it was spoken. For all voice messages of this window. */
export function changeSpeed(): void {
  setSpeed(SPEEDS[(SPEEDS.indexOf(speed()) + 1) % SPEEDS.length]!);
  if (audio) audio.playbackRate = audio.defaultPlaybackRate = speed();
}

/** When the bubble is gone: a chat that the user has left says nothing more. */
export function stopElsewhere(url: string, path: string): void {
  setTimeout(() => {
    if (current() === url && location.pathname !== path) audio?.pause();
  });
}

/** With this voice message in it. */
function playerOf(url: string): HTMLAudioElement {
  audio ??= createPlayer();
  if (current() !== url) {
    audio.pause();
    setCurrent(url);
    setPosition(0);
    audio.src = url;
    audio.defaultPlaybackRate = speed();
    audio.playbackRate = speed();
  }
  return audio;
}

function createPlayer(): HTMLAudioElement {
  const player = new Audio();
  player.preload = 'none';
  /** More often than `timeupdate`, which is four times a second. */
  function follow(): void {
    setPosition(player.currentTime);
    if (!player.paused) requestAnimationFrame(follow);
  }
  player.addEventListener('play', () => {
    setPlaying(true);
    follow();
  });
  player.addEventListener('pause', () => setPlaying(false));
  player.addEventListener('ended', () => {
    setPlaying(false);
    player.currentTime = 0;
    setPosition(0);
  });
  player.addEventListener('error', () => {
    setPlaying(false);
    setCurrent(null);
    showNotice({ id: 'voice', text: attachmentWords.voice.cannotPlay });
  });
  return player;
}
