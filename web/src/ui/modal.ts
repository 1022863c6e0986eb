import { onCleanup, onMount } from 'solid-js';
import { leaveLayer, openLayer } from '../routing/router';
import { answerFirst } from './answer-first';
import { leave } from './leaving';

/**
 * A modal dialog of the browser, open as long as its component lives. Escape and Back close it.
 *
 * With it the page becomes inert, and for that the browser looks up the styles of each of its elements: on a slow device that
 * takes longer than the answer to a press may take. So what was pressed is painted first, and only then it opens; and it is seen
 * to leave first, and only then it closes.
 * @param onOpen called when it is open.
 * @returns closes it, and resolves when it is closed, with the focus where it was before.
 */
export function createModal(
  dialog: () => HTMLDialogElement | undefined,
  onOpen?: (dialog: HTMLDialogElement) => void,
): () => Promise<void> {
  /** The shade over the page: there before the dialog, as the answer to the press. */
  const ground = document.createElement('div');
  ground.className = 'modal-ground';
  let cancel: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    const element = dialog();
    cancel?.();
    for (const part of [element, ground]) part?.toggleAttribute('data-closing', true);
    return (closing ??= new Promise((resolve) =>
      answerFirst(() => {
        // It may not have been opened: it is closed all the same for those who wait for that.
        if (element?.open) {
          element.close();
          takeText(document.activeElement);
        } else element?.dispatchEvent(new Event('close'));
        resolve();
      }),
    ));
  }

  onMount(() => {
    const element = dialog();
    if (!element) return;
    // Not that of a choice of files in it.
    element.addEventListener('cancel', (event) => {
      if (event.target !== element) return;
      event.preventDefault();
      void close();
    });
    openLayer(close);
    document.body.append(ground);
    cancel = answerFirst(() => {
      element.showModal();
      onOpen?.(element);
    });
  });
  onCleanup(() => {
    cancel?.();
    leaveLayer(close);
    leave(dialog());
    ground.remove();
  });
  return close;
}

/**
 * Makes the field that has the focus back take text at once. It gets it while the browser still has it as inert, and Chromium drops
 * what is typed before the next frame, as it has no place for it; on a slow device that is long.
 */
function takeText(field: Element | null): void {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  const { selectionStart, selectionEnd, selectionDirection } = field;
  // Null: a field without a place for text, as a checkbox has none.
  if (selectionStart !== null)
    field.setSelectionRange(selectionStart, selectionEnd, selectionDirection ?? 'none');
}
