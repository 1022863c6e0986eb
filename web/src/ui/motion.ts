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
  /** Goes its way in its place, where nothing clips it; it is invisible until then, and the other one removed. */
  stand?: HTMLElement;
}

interface Move {
  animation: Animation;
  stand: HTMLElement | undefined;
}

/** Animations of elements that go to their places: at most one of each element, on the compositor. */
export class Moves {
  readonly #running = new Map<HTMLElement, Move>();

  /** `onEnd` is called when the last one is over. */
  constructor(private readonly onEnd?: () => void) {}

  start(
    element: HTMLElement,
    { x = 0, y = 0, scale = [1, 1], opacity = 1, isOver = false, stand }: Start,
  ): void {
    this.#stop(element);
    const first = new DOMMatrix().translateSelf(x, y).scaleSelf(...scale);
    const transform = [String(first), 'none'];
    const timing = timingOf('place');
    const opacities = stand ? [0, 0] : [opacity, 1];
    const animation = element.animate(
      { transform, ...((stand || opacity < 1) && { opacity: opacities }) },
      timing,
    );
    stand?.animate({ transform }, timing);
    element.toggleAttribute('data-moving', isOver);
    this.#running.set(element, { animation, stand });
    const end = () => {
      if (this.#running.get(element)?.animation !== animation) return;
      this.#stop(element);
      if (this.#running.size === 0) this.onEnd?.();
    };
    animation.addEventListener('finish', end);
  }

  /** Puts all elements where they belong, before it is asked where that is. */
  stop(): void {
    for (const element of this.#running.keys()) this.#stop(element);
  }

  #stop(element: HTMLElement): void {
    const move = this.#running.get(element);
    if (!move) return;
    move.animation.cancel();
    move.stand?.remove();
    delete element.dataset.moving;
    this.#running.delete(element);
  }
}
