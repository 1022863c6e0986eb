import type { Page } from 'playwright-core';

/** What a finger hits surely, in CSS pixels each way (WCAG 2.5.5). */
const TARGET_PX = 44;

const INTERACTIVE = [
  'a[href]',
  'button',
  'input:not([type=hidden])',
  'select',
  'textarea',
  'summary',
  '[role=button]',
  '[role=tab]',
  '[role=option]',
  '[role=menuitem]',
  '[role=switch]',
].join();

/**
 * What a finger would miss: each interactive element that is seen and takes less than 44 × 44 pixels, by where the page itself
 * finds it, so that what a style adds around it counts. Links within a text are excepted.
 */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(
    ([selector, size]) => {
      const open = [...document.querySelectorAll('dialog[open], [popover]:popover-open')].at(-1);
      /** How far the element goes on from its middle, by the page's own answer. */
      const reach = (owner: Element, x: number, y: number, dx: number, dy: number) => {
        let at = 0;
        while (at < size) {
          const hit = document.elementFromPoint(x + dx * (at + 1), y + dy * (at + 1));
          if (!hit || !(owner.contains(hit) || hit.closest('label')?.contains(owner))) break;
          at++;
        }
        return at;
      };
      const small: string[] = [];
      for (const element of (open ?? document).querySelectorAll<HTMLElement>(selector)) {
        const owner = element.closest('label') ?? element;
        if (!owner.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const isInText = element.matches('a, button') && getComputedStyle(element).display === 'inline';
        if (isInText || element.closest('[inert], :disabled')) continue;
        owner.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
        const { left, top, width, height } = owner.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const hit = document.elementFromPoint(x, y);
        // Out of sight, as a link that is shown with the focus, or below a layer.
        if (!hit || !(owner.contains(hit) || hit.closest('label')?.contains(owner))) continue;
        const wide = reach(owner, x, y, -1, 0) + reach(owner, x, y, 1, 0) + 1;
        const high = reach(owner, x, y, 0, -1) + reach(owner, x, y, 0, 1) + 1;
        // The edges of a box may be between two pixels.
        if (wide >= size - 1 && high >= size - 1) continue;
        const name = element.ariaLabel ?? owner.textContent;
        small.push(`${element.tagName.toLowerCase()} «${name.trim().slice(0, 40)}»: ${wide} × ${high}`);
      }
      return small;
    },
    [INTERACTIVE, TARGET_PX] as const,
  );
}
