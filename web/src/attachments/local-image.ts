import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { keptFile } from './kept-files';

/** URL of the content of a file that is to be sent, as long as the owner lives; null until it is read. */
export function createLocalUrl(key: string): Accessor<string | null> {
  const [url, setUrl] = createSignal<string | null>(null);
  let isGone = false;
  void keptFile(key).then((file) => {
    if (file && !isGone) setUrl(URL.createObjectURL(file.content));
  });
  onCleanup(() => {
    isGone = true;
    const made = url();
    if (made) URL.revokeObjectURL(made);
  });
  return url;
}
