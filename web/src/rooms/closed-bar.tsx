import { closedChatWords } from '../words/words';

/** Stands where the composer was: why nothing can be written. */
export function ClosedBar() {
  return (
    <p class="border-t border-line bg-panel px-4 py-5 text-center text-sm text-pretty text-muted">
      {closedChatWords.deleted}
    </p>
  );
}
