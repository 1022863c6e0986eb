import { createSignal, type Accessor } from 'solid-js';
import { needsProof, problemText } from './problem-text';

/** Changes of how the user signs in. The server may want a proof before one: it waits, and is done after the proof. */
export interface Provable {
  /** One at a time. @param explain what a refusal means; null for what all have in common. */
  attempt(work: () => Promise<void>, explain?: (error: unknown) => string | null): Promise<void>;
  isBusy: Accessor<boolean>;
  problem: Accessor<string>;
  clearProblem(): void;
  /** A change waits for a proof. */
  isWaiting: Accessor<boolean>;
  proved(): void;
  cancel(): void;
}

export function createProvable(): Provable {
  const [postponed, setPostponed] = createSignal<(() => Promise<void>) | null>(null);
  const [isBusy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal('');

  async function attempt(
    work: () => Promise<void>,
    explain: (error: unknown) => string | null = () => null,
  ): Promise<void> {
    if (isBusy()) return;
    setBusy(true);
    setProblem('');
    try {
      await work();
    } catch (error) {
      if (needsProof(error)) setPostponed(() => () => attempt(work, explain));
      else setProblem(explain(error) ?? problemText(error));
    } finally {
      setBusy(false);
    }
  }

  return {
    attempt,
    isBusy,
    problem,
    clearProblem: () => setProblem(''),
    isWaiting: () => postponed() !== null,
    proved() {
      const next = postponed();
      setPostponed(null);
      void next?.();
    },
    cancel: () => setPostponed(null),
  };
}
