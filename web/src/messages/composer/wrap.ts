/** What is typed, and the part of it that is selected. */
export interface Selected {
  text: string;
  start: number;
  end: number;
}

/** The part from `from` to `to` becomes `by`, and then from `start` to `end` is selected. */
export interface Replacement {
  from: number;
  to: number;
  by: string;
  start: number;
  end: number;
}

/**
 * Puts `mark` around what is selected, on each line, without the white space at its ends; takes it away where it is. Without a
 * selection the caret is between two marks then.
 */
export function wrap({ text, start, end }: Selected, mark: string): Replacement {
  const isInside = text.slice(start - mark.length, start) === mark && text.startsWith(mark, end);
  if (start < end && isInside) {
    const by = text.slice(start, end);
    const from = start - mark.length;
    return { from, to: end + mark.length, by, start: from, end: from + by.length };
  }
  if (start === end)
    return { from: start, to: end, by: mark + mark, start: start + mark.length, end: start + mark.length };
  const lines = text.slice(start, end).split('\n');
  const wrapped = lines.map((line) => {
    const inside = line.trim();
    const lead = line.length - line.trimStart().length;
    if (inside === '') return line;
    const isWrapped = inside.length > 2 * mark.length && inside.startsWith(mark) && inside.endsWith(mark);
    const changed = isWrapped ? inside.slice(mark.length, -mark.length) : mark + inside + mark;
    return line.slice(0, lead) + changed + line.slice(lead + inside.length);
  });
  const by = wrapped.join('\n');
  const isOneLine = lines.length === 1 && by.length > end - start;
  // The words stay selected, so that another key puts another mark around them.
  const lead = isOneLine ? by.indexOf(mark) + mark.length : 0;
  const inner = isOneLine ? text.slice(start, end).trim().length : by.length;
  return { from: start, to: end, by, start: start + lead, end: start + lead + inner };
}
