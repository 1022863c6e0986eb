import { secondWords } from '../words/words';
import { Icon } from './icon';
import { Notice } from './notice';

/** The page while the server does not answer its first question. */
export function Unreachable(props: { isTrying: boolean; onRetry(): void }) {
  return (
    <main class="flex h-full">
      <h1 class="sr-only">Parley</h1>
      <Notice
        icon={<Icon name="alert" class="size-7" />}
        title={secondWords.unreachable.title}
        text={secondWords.unreachable.text}
      >
        <button
          type="button"
          class="button-primary"
          aria-disabled={props.isTrying}
          onClick={() => props.onRetry()}
        >
          {secondWords.retry}
        </button>
      </Notice>
    </main>
  );
}
