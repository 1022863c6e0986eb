import { isStill, timingOf } from './motion';

/** As in the styles (overlays.css). */
const AWAY = '0 0.5rem';

/** What is still to be seen and has closed. */
const leaving = new Set<HTMLElement>();

/**
 * Lets a layer be seen while it goes. To be called in the clean-up of the component that has rendered it: the layer itself is
 * removed at once, and what stays of it is nobody's: it takes no pointer, no focus and no name, and goes when the next one
 * leaves.
 */
export function leave(layer: HTMLElement | undefined): void {
  if (!layer || isStill()) return;
  const box = layer.getBoundingClientRect();
  const { opacity, translate } = getComputedStyle(layer);
  if (box.height === 0) return;
  const scrolled = [...layer.querySelectorAll('*')].filter(({ scrollTop }) => scrollTop > 0);
  const places = scrolled.map(({ scrollTop }) => scrollTop);
  // When it is removed.
  queueMicrotask(() => {
    if (layer.isConnected) return;
    layer.removeAttribute('open');
    layer.inert = true;
    layer.ariaHidden = 'true';
    layer.dataset.leaving = '';
    for (const named of layer.querySelectorAll('[id]')) named.removeAttribute('id');
    Object.assign(layer.style, {
      left: `${box.left}px`,
      top: `${box.top}px`,
      width: `${box.width}px`,
      height: `${box.height}px`,
    });
    leaving.forEach(forget);
    document.body.append(layer);
    scrolled.forEach((element, index) => (element.scrollTop = places[index] ?? 0));
    leaving.add(layer);
    const animation = layer.animate(
      { opacity: [opacity, '0'], translate: [translate, AWAY] },
      timingOf('place'),
    );
    animation.addEventListener('finish', () => forget(layer));
  });
}

function forget(layer: HTMLElement): void {
  layer.remove();
  leaving.delete(layer);
}
