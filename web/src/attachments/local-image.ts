import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { keptFile } from './kept-files';

interface SharedUrl {
  url: string;
  /** How many show it. */
  users: number;
}

/** By the key of the file. */
const inUse = new Map<string, SharedUrl>();

/**
 * URL of the content of a file that is to be sent, as long as the owner lives; null until it is read. There at once where the
 * file is shown already, as in the tray: the message that takes it from there shows it from its first frame (log-motion.ts).
 */
export function createLocalUrl(key: string): Accessor<string | null> {
  const [url, setUrl] = createSignal<string | null>(null);
  let isGone = false;

  function use(shared: SharedUrl): void {
    shared.users++;
    inUse.set(key, shared);
    setUrl(shared.url);
  }

  const present = inUse.get(key);
  if (present) use(present);
  else
    void keptFile(key).then((file) => {
      if (file && !isGone) use(inUse.get(key) ?? { url: URL.createObjectURL(file.content), users: 0 });
    });
  onCleanup(() => {
    isGone = true;
    const shared = inUse.get(key);
    if (!url() || !shared || --shared.users > 0) return;
    inUse.delete(key);
    URL.revokeObjectURL(shared.url);
  });
  return url;
}
