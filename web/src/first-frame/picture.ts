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

/** The size of the window. To ask for it makes the browser lay out what is in the page. */
export const sizeNow = () => [innerWidth, innerHeight];

/** What a picture is true of: the URL, the styles of this build, and the size of the window. */
export function pageNow(size = sizeNow()): string {
  const styles = document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')?.href;
  return `${location.href} ${styles} ${size.join(' ')}`;
}

/** Makes elements of what was drawn: as nodes, so that no text can become more than a text. `isDrawing`: in an `<svg>`. */
export function build([name, attributes, ...children]: DrawnElement, isDrawing = name === 'svg'): Element {
  const element = isDrawing
    ? document.createElementNS('http://www.w3.org/2000/svg', name)
    : document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    // The policy of the page refuses the attribute, not what it does.
    if (attribute === 'style') element.style.cssText = value;
    else element.setAttribute(attribute, value);
  }
  element.append(
    ...children.map((child) => (typeof child === 'string' ? child : build(child, isDrawing || undefined))),
  );
  return element;
}
