import { findFolded } from '@parley/shared';
import { createEffect, onCleanup, type Accessor } from 'solid-js';

/** Names of the highlights in the style sheet: of all hits, and of those in the message that is shown. */
const [ALL, CURRENT] = ['search-hits', 'search-current'];

/**
 * Highlights the query (folded) in the texts of the open log, as long as the owner lives. The nodes stay as they are: where the browser
 * has no highlights (Firefox before 140), the message that is shown is marked by its row alone.
 */
export function createHighlights(query: Accessor<string>, currentSeq: Accessor<number | null>): void {
  const { highlights } = CSS;
  const log = document.querySelector('[role="log"]');
  if (!highlights || !log) return;
  let frame = 0;

  function update(): void {
    const [all, current] = [new Highlight(), new Highlight()];
    for (const text of log!.querySelectorAll('[data-seq] .user-text')) {
      const isCurrent = text.closest<HTMLElement>('[data-seq]')?.dataset.seq === String(currentSeq());
      for (const range of rangesIn(text, query())) (isCurrent ? current : all).add(range);
    }
    highlights.set(ALL, all);
    highlights.set(CURRENT, current);
  }

  const later = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(update);
  };
  const observer = new MutationObserver(later);
  observer.observe(log, { childList: true, subtree: true, characterData: true });
  createEffect(() => {
    query();
    currentSeq();
    later();
  });
  onCleanup(() => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    highlights.delete(ALL);
    highlights.delete(CURRENT);
  });
}

/** Where an element has the query, which may begin in one of its text nodes and end in another. */
function rangesIn(element: Element, query: string): Range[] {
  const found = findFolded(element.textContent ?? '', query);
  if (found.length === 0) return [];
  const nodes: { node: Text; start: number }[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let length = 0; walker.nextNode();) {
    const node = walker.currentNode as Text;
    nodes.push({ node, start: length });
    length += node.length;
  }
  const boundary = (offset: number, isEnd: boolean) => {
    const at = nodes.findLast(({ start }) => (isEnd ? start < offset : start <= offset))!;
    return [at.node, offset - at.start] as const;
  };
  return found.map(([start, end]) => {
    const range = new Range();
    range.setStart(...boundary(start, false));
    range.setEnd(...boundary(end, true));
    return range;
  });
}
