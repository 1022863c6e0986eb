import { dismissNotice, showNotice } from '../../ui/notices';
import { messageActionWords } from '../../words/words';

const NOTICE = 'copied';
/** How long it is said, in milliseconds. */
const SAID_MS = 4_000;

let saying: ReturnType<typeof setTimeout> | undefined;

/** Puts a text on the clipboard, and shows whether that worked. */
export async function copyText(text: string): Promise<void> {
  const isCopied = (await copyByClipboard(text)) || copyBySelection(text);
  const { copied, notCopied } = messageActionWords;
  showNotice({ id: NOTICE, text: isCopied ? copied : notCopied });
  clearTimeout(saying);
  if (isCopied) saying = setTimeout(() => dismissNotice(NOTICE), SAID_MS);
}

async function copyByClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http has no clipboard, and a browser may refuse it.
    return false;
  }
}

/** As browsers did before, which works on plain http. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  const focused = document.activeElement;
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isCopied;
}
