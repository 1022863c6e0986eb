import { insertText } from './insert-text';
import { wrap } from './wrap';

/** Puts a mark around what is selected in the field, or takes it away. The browser's undo takes it back. */
export function toggleMark(field: HTMLTextAreaElement, mark: string): void {
  const { value: text, selectionStart: start, selectionEnd: end } = field;
  const change = wrap({ text, start, end }, mark);
  field.setSelectionRange(change.from, change.to);
  insertText(field, change.by);
  field.setSelectionRange(change.start, change.end);
}
