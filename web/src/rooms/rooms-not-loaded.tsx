import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { secondWords } from '../words/words';

/** In place of the list, while the server does not answer. */
export function RoomsNotLoaded(props: { onRetry(): void }) {
  return (
    <Notice icon={<Icon name="alert" class="size-7" />} title={secondWords.roomsNotLoaded}>
      <button type="button" class="button-primary" onClick={() => props.onRetry()}>
        {secondWords.retry}
      </button>
    </Notice>
  );
}
