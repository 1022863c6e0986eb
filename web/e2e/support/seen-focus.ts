import type { Page } from 'playwright-core';

/** Why a user of the keyboard does not see where the focus is; null when it is plain to see. */
export function unseenFocus(page: Page): Promise<string | null> {
  return page.evaluate(lookAtFocus);
}

/** In the page. A ring is an outline, or what the fields have: an edge or a shadow in the colour of the accent. */
function lookAtFocus(): string | null {
  const element = document.activeElement;
  if (!element || element === document.body) return 'nothing has the focus';
  const label = element.getAttribute('aria-label') ?? element.textContent ?? '';
  const name = `<${element.tagName.toLowerCase()} class="${element.className}"> «${label.slice(0, 40)}»`;

  const { left, top, right, bottom } = element.getBoundingClientRect();
  const isInWindow = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  const isShown = element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  if (!isInWindow || !isShown || right === left || bottom === top) return `${name} is out of sight`;

  // oxlint-disable-next-line unicorn/consistent-function-scoping -- what runs in the page has no outer scope there
  const hasOutline = ({ outlineStyle, outlineWidth, outlineColor }: CSSStyleDeclaration) =>
    outlineStyle !== 'none' &&
    parseFloat(outlineWidth) >= 1 &&
    !/transparent|(,|\/) ?0\)$/.test(outlineColor);
  const probe = document.createElement('i');
  probe.style.color = 'var(--accent)';
  document.head.append(probe);
  const accent = getComputedStyle(probe).color;
  probe.remove();
  const isAccented = ({ borderTopColor, borderTopWidth, boxShadow }: CSSStyleDeclaration) =>
    (borderTopColor === accent && parseFloat(borderTopWidth) >= 1) || boxShadow.includes(accent);

  const hasOwn =
    hasOutline(getComputedStyle(element)) ||
    hasOutline(getComputedStyle(element, '::after')) ||
    isAccented(getComputedStyle(element));
  if (hasOwn) return null;
  // A field shows it with its box, a choice with its label.
  let box = element.parentElement;
  for (let steps = 0; box && steps < 2; steps++, box = box.parentElement) {
    const style = getComputedStyle(box);
    if (hasOutline(style) || isAccented(style)) return null;
  }
  return `${name} has no ring`;
}
