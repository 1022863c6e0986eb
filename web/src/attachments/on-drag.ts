/**
 * Files that are dragged over the window: `onOver` says whether there are some, `onDrop` takes them. Text that is dragged is
 * left to the browser.
 */
export function onDrag(
  onOver: (isOver: boolean) => void,
  onDrop: (data: DataTransfer | null) => void,
  signal: AbortSignal,
): void {
  for (const type of ['dragover', 'dragleave', 'drop'] as const) {
    window.addEventListener(
      type,
      (event) => {
        const { dataTransfer, relatedTarget } = event;
        if (!dataTransfer?.types.some((kind) => kind.toLowerCase() === 'files')) return;
        event.preventDefault();
        // It leaves the window, and not only an element, when it goes nowhere.
        if (type !== 'dragleave' || !relatedTarget) onOver(type === 'dragover');
        if (type === 'drop') onDrop(dataTransfer);
      },
      { signal },
    );
  }
}
