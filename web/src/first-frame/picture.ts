/** The name of an element, its attributes and what is in it. */
export type DrawnElement = [name: string, attributes: Record<string, string>, ...children: Drawn[]];
/** An element or a text, as JSON. */
export type Drawn = DrawnElement | string;

/** How the page looked, to be shown until its code is there. */
export interface Picture {
  /** Of which page it is: `pageNow` at that time. */
  page: string;
  /** Something in it expires then (ISO-8601 UTC). Absent: nothing does. */
  until: string | undefined;
  drawn: DrawnElement;
}

const HTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';

/** What a picture is true of: the URL, the styles of this build, and the size of the window. */
export function pageNow(): string {
  const styles = document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')?.href;
  return `${location.href} ${styles} ${innerWidth} ${innerHeight}`;
}

/** Makes elements of what was drawn: as nodes, so that no text can become more than a text. */
export function build([name, attributes, ...children]: DrawnElement, around = HTML): Element {
  const namespace = name === 'svg' ? SVG : around;
  const element = document.createElementNS(namespace, name);
  for (const [attribute, value] of Object.entries(attributes)) {
    // The policy of the page refuses the attribute, not what it does.
    if (attribute === 'style') (element as HTMLElement).style.cssText = value;
    else element.setAttribute(attribute, value);
  }
  element.append(...children.map((child) => (typeof child === 'string' ? child : build(child, namespace))));
  return element;
}
