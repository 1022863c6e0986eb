/** The row of the message that an event is about; null when it is about none. */
export function rowOf({ target }: Event): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-bubble]') : null;
}
