import { messageActionWords, times } from '../../words/words';
import type { LogModel } from '../log/log.model';

/**
 * Copies messages, when parts of more than one are selected: a line of each, whole. Of one message only what is selected of its
 * text.
 */
export function copyMessages(
  event: ClipboardEvent,
  log: HTMLElement,
  model: LogModel,
  senderOf: (isMine: boolean) => string,
): void {
  const selection = window.getSelection();
  if (!selection?.rangeCount) return;
  const range = selection.getRangeAt(0);
  const rows = [...log.querySelectorAll<HTMLElement>('[data-bubble]')]
    .map((row) => ({ row, parts: partsIn(range, row) }))
    .filter(({ parts }) => parts.length > 0);
  const [only] = rows;
  // Within a message, the browser knows best.
  if (!only || only.row.contains(range.commonAncestorContainer)) return;
  const lines =
    rows.length === 1 ? only.parts : rows.flatMap(({ row }) => lineOf(model, row, senderOf) ?? []);
  event.clipboardData?.setData('text/plain', lines.join('\n'));
  event.preventDefault();
}

/** What is copied of a message: when it was sent, who sent it, and its text. Null for one without text. */
function lineOf(model: LogModel, row: HTMLElement, senderOf: (isMine: boolean) => string): string | null {
  const bubble = model.row(row.dataset.bubble ?? '');
  if (bubble?.kind !== 'bubble' || !bubble.text) return null;
  return messageActionWords.line(times.stamp(bubble.at), senderOf(bubble.isMine), bubble.text);
}

/** What is selected of the text of a message: nothing, where the selection ends at its beginning. */
function partsIn(range: Range, row: HTMLElement): string[] {
  return [...row.querySelectorAll('.user-text')].flatMap((text) => {
    const part = document.createRange();
    part.selectNodeContents(text);
    if (part.compareBoundaryPoints(Range.START_TO_START, range) < 0)
      part.setStart(range.startContainer, range.startOffset);
    if (part.compareBoundaryPoints(Range.END_TO_END, range) > 0)
      part.setEnd(range.endContainer, range.endOffset);
    return part.toString().trim() === '' ? [] : [part.toString()];
  });
}
