import { onCleanup } from 'solid-js';

/**
 * What Escape leaves, the first that is there: a widget closes what lies over the page by itself; then from the messages to the composer,
 * the search, the reply or the edit, the place in the past, the chat.
 */
const STEPS = ['messages', 'search', 'mode', 'past', 'chat'] as const;

type Step = (typeof STEPS)[number];

interface Provider {
  run(): void;
  isAvailable(): boolean;
}

const providers = new Map<Step, Provider>();

/** Escape does this, at this step, while the owner lives and `isAvailable`. */
export function provideStep(step: Step, run: () => void, isAvailable: () => boolean): void {
  const provider = { run, isAvailable };
  providers.set(step, provider);
  onCleanup(() => providers.get(step) === provider && providers.delete(step));
}

/** The step that Escape takes now; undefined for none. */
export function nextStep(): Provider | undefined {
  return STEPS.map((step) => providers.get(step)).find((provider) => provider?.isAvailable());
}
