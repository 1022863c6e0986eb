import { useSession } from '../auth/session';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { secondWords, words } from '../words/words';

/** In place of a chat that does not exist, or that the user is no member of. */
export function RoomNotFound() {
  const session = useSession();
  return (
    <>
      <h1 class="sr-only">{secondWords.notFound.heading}</h1>
      <Notice
        icon={<Icon name="search" class="size-7" />}
        title={secondWords.notFound.title}
        text={secondWords.notFound.text}
      >
        <a class="button-primary" href={session.hrefTo(null)} data-back>
          {words.chat.backToList}
        </a>
      </Notice>
    </>
  );
}
