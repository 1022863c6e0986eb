/** What changes: a state, a place, a layer over the page. */
export type Pace = 'state' | 'place' | 'layer';

const IS_REDUCED = '(prefers-reduced-motion: reduce)';

/** Whether the user, or the system of the user, wants nothing to move. Animations of scripts do not know what the styles know of it. */
export function isStill(): boolean {
  return matchMedia(IS_REDUCED).matches || document.documentElement.dataset.motion === 'reduced';
}

/** How long such a change takes and how its speed changes, as the styles have it (components.css). */
export function timingOf(pace: Pace): KeyframeAnimationOptions {
  const style = getComputedStyle(document.documentElement);
  const duration = style.getPropertyValue(`--motion-${pace}`);
  return {
    // The build writes `.12s` for `120ms`.
    duration: Number.parseFloat(duration) * (duration.endsWith('ms') ? 1 : 1_000),
    easing: style.getPropertyValue('--motion-ease').trim(),
  };
}

/** How an element looks at first: so far from where it is, in pixels, and so large and visible, as parts of what it is. */
export interface Start {
  x?: number;
  y?: number;
  /** By axis. */
  scale?: readonly [number, number];
  opacity?: number;
  /** It passes over the others (`data-moving`). */
  isOver?: boolean;
}

/** Animations of elements that go to their places: at most one of each element, on the compositor. */
export class Moves {
  readonly #running = new Map<HTMLElement, Animation>();

  /** `onEnd` is called when the last one is over. */
  constructor(private readonly onEnd?: () => void) {}

  start(element: HTMLElement, { x = 0, y = 0, scale = [1, 1], opacity = 1, isOver = false }: Start): void {
    this.#running.get(element)?.cancel();
    const first = new DOMMatrix().translateSelf(x, y).scaleSelf(...scale);
    const animation = element.animate(
      { transform: [String(first), 'none'], ...(opacity < 1 && { opacity: [opacity, 1] }) },
      timingOf('place'),
    );
    element.toggleAttribute('data-moving', isOver);
    this.#running.set(element, animation);
    const end = () => {
      if (this.#running.get(element) !== animation) return;
      this.#running.delete(element);
      delete element.dataset.moving;
      if (this.#running.size === 0) this.onEnd?.();
    };
    animation.addEventListener('finish', end);
  }

  /** Puts all elements where they belong, before it is asked where that is. */
  stop(): void {
    for (const [element, animation] of this.#running) {
      animation.cancel();
      delete element.dataset.moving;
    }
    this.#running.clear();
  }
}
