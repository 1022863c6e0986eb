/** A finger that comes down this near to the edge at which lines start, in pixels, may go back; elsewhere it pulls a message. */
const EDGE_PX = 32;
/** As much of it at the very edge is the browser's own swipe, on systems that have one there (Safari on iOS, 20 px). */
const OWN_PX = 20;

const isRtl = (): boolean => getComputedStyle(document.body).direction === 'rtl';

/** How far a finger is from the edge at which lines start, in pixels. */
export function fromEdge({ clientX }: PointerEvent): number {
  return isRtl() ? innerWidth - clientX : clientX;
}

/** `1` where lines go to the right, `-1` where they go to the left. */
export function lineDirection(): 1 | -1 {
  return isRtl() ? -1 : 1;
}

/** Whether a swipe from there is one back. */
export function isAtEdge(event: PointerEvent): boolean {
  const distance = fromEdge(event);
  // Only browsers of iOS have this.
  return distance < EDGE_PX + ownEdge() && distance >= ownEdge();
}

const ownEdge = () => ('standalone' in navigator ? OWN_PX : 0);
