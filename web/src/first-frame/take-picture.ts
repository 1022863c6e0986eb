import { openSeq } from '../routing/router';
import { pageNow, type Drawn, type Picture } from './picture';

/** What is true only while it is fresh, and what the page shows only after its own first frame. It keeps its place. */
const LEFT_OUT = '[role=status], [data-presence], .chat-header:has([data-presence]) p, [data-later]';
/** What is not seen, and what is said. */
const UNSEEN = '.sr-only, [hidden], .notice-place';
/** What a new window does not open with. */
const OPEN = [
  'dialog[open]',
  ':popover-open',
  '[aria-expanded=true]',
  '[role=search]',
  '[role=tab][aria-selected=true]:not(:first-child)',
  '[data-composing=edit]',
].join();

/**
 * How the page looks now, as a new window of the same URL would open; undefined where it would look otherwise.
 * @param until when something in it expires, ISO-8601 UTC.
 */
export function takePicture(until: string | undefined): Picture | undefined {
  const main = document.querySelector('#app > main');
  // Older browsers.
  if (!main || !('checkVisibility' in main)) return undefined;
  if (openSeq() !== null || document.querySelector(OPEN) || !isAtStart(main)) return undefined;
  const drawn = draw(main);
  return Array.isArray(drawn) ? { page: pageNow(), until, drawn } : undefined;
}

/** The list at its first chat, the log at its last message. */
function isAtStart(main: Element): boolean {
  const log = main.querySelector('[role=log]');
  if (log && log.scrollHeight - log.clientHeight - log.scrollTop > 1) return false;
  return [...main.querySelectorAll('nav, textarea')].every(({ scrollTop }) => scrollTop === 0);
}

function isOutOfSight(row: Element): boolean {
  const { top, bottom } = row.getBoundingClientRect();
  return bottom < 0 || top > innerHeight;
}

function draw(node: Node): Drawn | null {
  if (node instanceof Text) return node.data || null;
  if (!(node instanceof Element) || node.matches(UNSEEN) || !node.checkVisibility()) return null;
  if (node instanceof HTMLLIElement && isOutOfSight(node)) return null;
  const attributes: Record<string, string> = {};
  for (const { name, value } of node.attributes)
    if (name !== 'id' && !value.startsWith('blob:')) attributes[name] = value;
  if (node.matches(LEFT_OUT)) return [node.localName, { ...attributes, style: placeOf(node) }];
  const children = node instanceof HTMLTextAreaElement ? [node.value] : [...node.childNodes].map(draw);
  return [node.localName, attributes, ...children.filter((child) => child !== null)];
}

/** Styles by which an element takes the same place with nothing in it. */
function placeOf(element: Element): string {
  const { width, height } = element.getBoundingClientRect();
  const { style } = document.createElement('div');
  style.visibility = 'hidden';
  style.width = `${width}px`;
  style.height = `${height}px`;
  return style.cssText;
}
