import { secondWords } from '../../words/words';

/** In place of messages that could not be loaded. */
export function PageNotLoaded(props: { isNewer: boolean; onRetry(): void }) {
  return (
    <>
      <span>{props.isNewer ? secondWords.newerNotLoaded : secondWords.olderNotLoaded}</span>
      <button type="button" class="button-quiet text-accent" onClick={() => props.onRetry()}>
        {secondWords.retry}
      </button>
    </>
  );
}
