import type { Message, MessageReply } from '@parley/shared';
import { For } from 'solid-js';
import { confirmedBubble, waitingBubble, type Bubble } from '../../src/messages/log/bubbles';
import { LogDivider } from '../../src/messages/log/log-divider';
import { MessageItem } from '../../src/messages/log/message-item';
import { Section } from '../example';
import { ago, ME, message, PEOPLE, PICTURE, queued } from '../sample-data';
import { DesignSession } from '../session';

const ROOM = 900_100;
const PEER = PEOPLE.grace;
/** The other has received up to the one, and read up to the other. */
const WATERMARKS = { delivered: 12, read: 11 };
let seq = 0;

const said = (sender: typeof ME, text: string, more: Partial<Message> = {}) =>
  confirmedBubble(message(ROOM, ++seq, sender, text, more), ME.id);
const theirs = (text: string, more?: Partial<Message>) => said(PEER, text, more);
const mine = (text: string, more?: Partial<Message>) => said(ME, text, more);
const inRun = (bubble: Bubble, isFirst: boolean, isLast: boolean): Bubble => ({ ...bubble, isFirst, isLast });
const quote = (more: Partial<MessageReply> = {}): MessageReply => ({
  id: 1,
  seq: 1,
  sender_id: PEER.id,
  text: 'The first of three in a run',
  deleted: false,
  ...more,
});
const file = (id: number, name: string, type: string, more = {}) => ({
  id,
  name,
  type,
  size: 48_200,
  url: PICTURE,
  ...more,
});
const FORMATTED = [
  '*Bold*, _italic_, ~struck~, `code`, and https://example.com/a/path',
  '> A quote',
  '- One',
  '- Two',
  '```',
  'const answer = 42;',
  '```',
].join('\n');

/** Each with what is special about it. */
const BUBBLES: Bubble[] = [
  inRun(theirs('The first of three in a run'), true, false),
  inRun(theirs('The second'), false, false),
  inRun(
    theirs(
      'The last, which is longer, so that it needs more than one line of the column, and wraps at its end.',
    ),
    false,
    true,
  ),
  theirs('A reply', { reply_to: quote({ sender_id: ME.id }) }),
  theirs('', { deleted_at: ago(1) }),
  theirs('Edited', { edited_at: ago(2) }),
  theirs(FORMATTED),
  theirs('', { attachments: [file(1, 'mark.png', 'image/png', { width: 96, height: 96 })] }),
  theirs('', {
    attachments: [
      file(2, `Voice message 12.3s ${'259bdfeca7421356789abcdefedcba9876543210'}.webm`, 'audio/webm'),
    ],
  }),
  mine('A card', { attachments: [file(3, 'Notes on the engine.pdf', 'application/pdf')] }),
  mine('Read', { reply_to: quote() }),
  mine('Delivered'),
  mine('Sent, the newest: its status in a word'),
  waitingBubble(queued(ROOM, 'On its way')),
  waitingBubble(queued(ROOM, 'Refused', { status: 'failed', reason: 'too_long' })),
];
const NEWEST_OWN = BUBBLES[12]!.key;

/** Messages in every status, as they stand in a log. */
export function Bubbles() {
  return (
    <Section id="bubbles" title="Messages">
      <DesignSession>
        <ol class="design-log">
          <LogDivider row={{ kind: 'day', key: 'day', at: ago(30), label: 'Today' }} peer={PEER} />
          <For each={BUBBLES}>
            {(bubble) => (
              <>
                {bubble === BUBBLES[3] && <LogDivider row={{ kind: 'unread', key: 'unread' }} peer={PEER} />}
                <MessageItem
                  bubble={bubble}
                  peerName={PEER.display_name}
                  peer={WATERMARKS}
                  isNewestOwn={bubble.key === NEWEST_OWN}
                  isCurrent={false}
                  isTarget={bubble === BUBBLES[5]}
                  observer={undefined}
                  readSeq={seq}
                />
              </>
            )}
          </For>
        </ol>
      </DesignSession>
    </Section>
  );
}
