import type { ClientRoom } from '@parley/client';
import { For } from 'solid-js';
import { saveDraft } from '../../src/messages/composer/drafts';
import { RoomEntry } from '../../src/rooms/room-entry';
import { RoomViews } from '../../src/rooms/room-views';
import { Example, Examples, inState, Section } from '../example';
import { ago, ME, PEOPLE, queued, room, stateOf } from '../sample-data';
import { DesignSession } from '../session';

const { grace, alan, katherine, edsger, barbara, donald, hedy, long, deleted } = PEOPLE;
const LATER = '2999-01-01T00:00:00.000Z';

const ROWS: Record<string, ClientRoom> = {
  read: room(1, { peer: alan, text: 'Can machines think?' }),
  unread: room(2, { peer: grace, text: 'I found a moth in the relay.', unread: 3 }),
  'many unread, muted': room(3, {
    peer: katherine,
    text: 'The orbit is right.',
    unread: 120,
    listing: { muted_until: LATER },
  }),
  'marked as unread': room(4, {
    peer: edsger,
    text: 'Simplicity is prerequisite.',
    listing: { unread_seq: 1 },
  }),
  pinned: room(5, { peer: barbara, text: 'Substitute it.', listing: { pinned_at: ago(9) }, minutesAgo: 90 }),
  sending: room(6, { peer: donald, text: 'Earlier', isMine: true }),
  sent: room(7, { peer: alan, text: 'On the server', isMine: true, watermark: 'sent' }),
  delivered: room(8, { peer: hedy, text: 'On the device', isMine: true, watermark: 'delivered' }),
  'read by the other': room(9, { peer: edsger, text: 'And read', isMine: true }),
  typing: room(10, { peer: grace, text: 'Hello' }),
  draft: room(11, { peer: donald, text: 'When is volume 5 out?' }),
  'long name and text': room(12, {
    peer: long,
    text: 'A message that is longer than the row, and ends where the badge and the time begin.',
    unread: 12,
    minutesAgo: 60 * 24 * 9,
  }),
  'deleted account': room(13, { peer: deleted, text: 'Goodbye', minutesAgo: 60 * 24 * 40 }),
  'no messages': room(14, { peer: barbara }),
};

const rows = Object.entries(ROWS);
const [first] = Object.values(ROWS);

/** The rows of the list in all their states. */
export function RoomRows() {
  const sending = queued(ROWS.sending!.room.id, 'On its way');
  const typing = { [ROWS.typing!.room.id]: grace.id };
  saveDraft(ME.id, ROWS.draft!.room.id, 'I wanted to ask');
  return (
    <Section id="rows" title="Rows of the list">
      <DesignSession state={stateOf(Object.values(ROWS), [sending], typing)}>
        <Examples>
          <For each={rows}>
            {([label, sample]) => (
              <Example label={label}>
                <RoomEntry room={sample} isOpen={false} />
              </Example>
            )}
          </For>
          <For each={['hover', 'focus-visible']}>
            {(state) => (
              <Example label={state}>
                <div ref={inState(state, 'a')}>
                  <RoomEntry room={first!} isOpen={false} />
                </div>
              </Example>
            )}
          </For>
          <Example label="open">
            <RoomEntry room={first!} isOpen />
          </Example>
          <Example label="compact">
            <div data-density="compact">
              <RoomEntry room={ROWS.unread!} isOpen={false} />
            </div>
          </Example>
          <Example label="Views of the list" isWide>
            <RoomViews onShow={() => undefined} />
            <div id="chat-rows" />
          </Example>
        </Examples>
      </DesignSession>
      <DesignSession state={stateOf([ROWS.typing!])} isStale>
        <Examples>
          <Example label="without a connection">
            <RoomEntry room={ROWS.typing!} isOpen={false} />
          </Example>
        </Examples>
      </DesignSession>
    </Section>
  );
}
