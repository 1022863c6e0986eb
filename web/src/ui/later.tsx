import { createEffect, Show, type JSX } from 'solid-js';
import type { Chunk } from './chunk';

interface LaterProps<T> {
  chunk: Chunk<T>;
  /** Shown until it is there. */
  fallback: JSX.Element;
  children(content: T): JSX.Element;
}

/** A part of the page whose code is loaded now. */
export function Later<T>(props: LaterProps<T>) {
  createEffect(() => props.chunk.demand(() => undefined));
  return (
    <Show when={props.chunk.content()} fallback={props.fallback} keyed>
      {(content) => props.children(content)}
    </Show>
  );
}
