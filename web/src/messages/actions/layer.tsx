import { onCleanup, onMount, untrack, type JSX } from 'solid-js';
import { leaveLayer, openLayer } from '../../routing/router';
import { leave } from '../../ui/leaving';

/** A point of the window, in pixels from its top left corner. */
export interface Point {
  x: number;
  y: number;
}

/** Distance from the edges of the window, in pixels. */
const MARGIN_PX = 8;

interface LayerProps {
  /** Where it opens; null: as a sheet at the bottom of the window, for a finger. */
  at: Point | null;
  /** Gets the focus when what had it is gone. */
  opener: HTMLElement;
  onClose(): void;
  children: JSX.Element;
}

/**
 * A small panel over the page, as long as it is rendered. Escape, Tab, Back and a press beside it close it, and the focus
 * goes back to where it was. On opening, the first button within `data-focus` gets it.
 */
export function Layer(props: LayerProps) {
  const before = document.activeElement;
  const opener = untrack(() => props.opener);
  const close = () => props.onClose();
  let layer: HTMLDivElement | undefined;
  let panel: HTMLDivElement | undefined;

  onMount(() => {
    openLayer(close);
    if (!panel) return;
    if (props.at) Object.assign(panel.style, within(props.at, panel));
    panel.querySelector<HTMLElement>('[data-focus] button')?.focus();
  });
  onCleanup(() => {
    leaveLayer(close);
    leave(layer);
    queueMicrotask(() => {
      // What was chosen may have moved it.
      if (document.activeElement !== document.body) return;
      const isBack = before instanceof HTMLElement && before !== document.body && before.isConnected;
      (isBack ? before : opener).focus({ preventScroll: true });
    });
  });

  return (
    <div
      ref={(element) => (layer = element)}
      class="layer-ground fixed inset-0 z-40"
      classList={{ 'grid items-end bg-shade': props.at === null }}
      // The focus stays where it is.
      onMouseDown={(event) => event.target === event.currentTarget && event.preventDefault()}
      // That of another button has no click.
      onPointerDown={(event) => event.button !== 0 && event.target === event.currentTarget && close()}
      // With the press already, and its click would go to what is behind.
      onClick={(event) => event.target === event.currentTarget && close()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Escape' && event.key !== 'Tab') return;
        event.preventDefault();
        close();
      }}
    >
      <div
        ref={(element) => (panel = element)}
        class="menu-box"
        classList={{
          'absolute max-h-[calc(100dvh-1rem)] overflow-y-auto': props.at !== null,
          'rounded-b-none! pb-[max(0.75rem,env(safe-area-inset-bottom))]!': props.at === null,
        }}
      >
        {props.children}
      </div>
    </div>
  );
}

/** Below and after the point; above and before it where that does not fit. */
function within({ x, y }: Point, panel: HTMLElement): { left: string; top: string } {
  const { offsetWidth: width, offsetHeight: height } = panel;
  const isRtl = getComputedStyle(panel).direction === 'rtl';
  const fits = isRtl ? x - width >= MARGIN_PX : x + width <= innerWidth - MARGIN_PX;
  const left = isRtl === fits ? x - width : x;
  const top = y + height <= innerHeight - MARGIN_PX ? y : y - height;
  const clamp = (value: number, most: number) => Math.max(MARGIN_PX, Math.min(value, most - MARGIN_PX));
  return { left: `${clamp(left, innerWidth - width)}px`, top: `${clamp(top, innerHeight - height)}px` };
}
