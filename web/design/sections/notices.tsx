import { PageNotLoaded } from '../../src/messages/log/page-not-loaded';
import { RoomNotFound } from '../../src/rooms/room-not-found';
import { RoomsNotLoaded } from '../../src/rooms/rooms-not-loaded';
import { Icon } from '../../src/ui/icon';
import { Notice } from '../../src/ui/notice';
import { NoticeStack } from '../../src/ui/notice-stack';
import { showNotice } from '../../src/ui/notices';
import { MessagesSkeleton, RoomsSkeleton } from '../../src/ui/skeleton';
import { words } from '../../src/words/words';
import { Example, Examples, Section } from '../example';
import { DesignSession } from '../session';

const nothing = () => undefined;

/** What lies over the page. */
export function Notices() {
  showNotice({ id: 'plain', text: 'Copied.' });
  showNotice({ id: 'action', text: 'Message deleted.', action: { label: 'Undo', run: nothing } });
  showNotice({
    id: 'refusal',
    text: 'Know when somebody writes while you are elsewhere?',
    action: { label: 'Notify me', run: nothing },
    refusal: { label: 'Not now', run: nothing },
  });
  return (
    <Section id="notices" title="Notices">
      <div class="design-contained design-notices">
        <NoticeStack />
      </div>
    </Section>
  );
}

export function EmptyStates() {
  return (
    <Section id="empty" title="Nothing to show, and why">
      <DesignSession>
        <Examples>
          <Example label="No chats">
            <Notice
              icon={<Icon name="chat" class="size-7" />}
              title={words.chats.none}
              text={words.chats.start}
            />
          </Example>
          <Example label="No chat is open">
            <Notice
              icon={<Icon name="chat" class="size-7" />}
              title={words.chat.pick}
              text={words.chat.pickText}
            />
          </Example>
          <Example label="No messages">
            <Notice
              icon={<Icon name="chat" class="size-7" />}
              title={words.messages.none}
              text={words.messages.sayHello('Grace Hopper')}
            />
          </Example>
          <Example label="RoomNotFound">
            <RoomNotFound />
          </Example>
          <Example label="RoomsNotLoaded">
            <RoomsNotLoaded onRetry={nothing} />
          </Example>
          <Example label="PageNotLoaded" isWide>
            <p class="text-center text-sm">
              <PageNotLoaded isNewer={false} onRetry={nothing} />
            </p>
          </Example>
        </Examples>
      </DesignSession>
    </Section>
  );
}

export function Waiting() {
  return (
    <Section id="waiting" title="Before the content">
      <Examples>
        <Example label="RoomsSkeleton">
          <RoomsSkeleton />
        </Example>
        <Example label="MessagesSkeleton">
          <MessagesSkeleton />
        </Example>
      </Examples>
    </Section>
  );
}
