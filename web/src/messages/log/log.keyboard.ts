/**
 * Moves the focus between the messages of `log`: arrows, Home, End. Down from the last message calls `leave`.
 * Each row has `data-bubble` and can take the focus.
 */
export function onLogKey(event: KeyboardEvent, log: HTMLElement, leave: () => void): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...log.querySelectorAll<HTMLElement>('[data-bubble]')];
  const index = rows.findIndex((row) => row === event.target);
  const target = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.length - 1 }[event.key];
  if (index < 0 || target === undefined) return;
  event.preventDefault();
  if (target >= rows.length) leave();
  else rows[Math.max(0, target)]?.focus();
}
