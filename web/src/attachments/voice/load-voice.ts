import { createSignal } from 'solid-js';
import { loadAttachmentWords } from '../../words/words';

type VoiceButton = typeof import('./voice-button').VoiceButton;

const [button, setButton] = createSignal<VoiceButton>();
let loading: Promise<void> | undefined;

/**
 * The button that records voice messages: loaded where there is a microphone, and a connection that lets the page use it.
 * Until then, and where its code cannot be loaded, the composer has its button for sending.
 */
export function voiceButton(): VoiceButton | undefined {
  loading ??= load().catch(() => undefined);
  return button();
}

async function load(): Promise<void> {
  // Without TLS there are no devices.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  const found = await devices?.enumerateDevices();
  if (!found?.some(({ kind }) => kind === 'audioinput')) {
    // One that is plugged in later.
    devices?.addEventListener('devicechange', () => (loading = load().catch(() => undefined)), {
      once: true,
    });
    return;
  }
  const [{ VoiceButton, canRecord }] = await Promise.all([import('./voice-button'), loadAttachmentWords()]);
  if (canRecord()) setButton(() => VoiceButton);
}
