/**
 * Files that are dragged over the window: `onOver` says whether there are some, `onDrop` takes them. Text that is dragged is
 * left to the browser.
 */
export function onDrag(
  onOver: (isOver: boolean) => void,
  onDrop: (data: DataTransfer | null) => void,
  signal: AbortSignal,
): void {
  const listen = (type: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
    window.addEventListener(
      type,
      (event) => {
        if (!event.dataTransfer?.types.some((kind) => kind.toLowerCase() === 'files')) return;
        event.preventDefault();
        act(event);
      },
      { signal },
    );
  listen('dragover', () => onOver(true));
  // Out of the window, and not only from one element to the next.
  listen('dragleave', (event) => event.relatedTarget === null && onOver(false));
  listen('drop', (event) => {
    onOver(false);
    onDrop(event.dataTransfer);
  });
}
