import { createSignal, onCleanup } from 'solid-js';
import { showKey } from './shortcuts';
import type { ActionId } from './table';

interface Provider {
  run(): void;
  isAvailable(): boolean;
}

const [providers, setProviders] = createSignal<Partial<Record<ActionId, readonly Provider[]>>>({});

/**
 * Does this action while the owner lives and `isAvailable`. Of several providers the latest that can is asked: what lies over the page
 * comes before the page. `button` does the same: it shows the key.
 */
export function provideAction(
  id: ActionId,
  run: () => void,
  isAvailable: () => boolean = () => true,
  button?: HTMLElement,
): void {
  if (button) showKey(button, id);
  const provider = { run, isAvailable };
  setProviders((all) => ({ ...all, [id]: [...(all[id] ?? []), provider] }));
  onCleanup(() =>
    setProviders((all) => ({ ...all, [id]: all[id]?.filter((other) => other !== provider) ?? [] })),
  );
}

/** Whether the action can be done now. */
export function canRun(id: ActionId): boolean {
  return providers()[id]?.some((provider) => provider.isAvailable()) ?? false;
}

/** @returns false when it cannot be done now. */
export function runAction(id: ActionId): boolean {
  const provider = providers()[id]?.findLast((one) => one.isAvailable());
  provider?.run();
  return provider !== undefined;
}
