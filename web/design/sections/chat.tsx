import { createRoot, createSignal, Show } from 'solid-js';
import { RecordingBar } from '../../src/attachments/voice/recording-bar';
import { ActionBar } from '../../src/messages/actions/action-bar';
import { createMessageActions, ICONS, type ActionRuns } from '../../src/messages/actions/actions';
import { ComposingBar } from '../../src/messages/actions/composing-bar';
import { Composer } from '../../src/messages/composer/composer';
import { createComposerMode, type ComposerMode } from '../../src/messages/composer/composer-mode';
import { saveDraft } from '../../src/messages/composer/drafts';
import { confirmedBubble } from '../../src/messages/log/bubbles';
import { MessageItem } from '../../src/messages/log/message-item';
import type { RoomLog } from '../../src/messages/log/room-log';
import { TypingStatus } from '../../src/presence/typing-status';
import { ComposerBar } from '../../src/privacy/composer-bar';
import { TimerNote } from '../../src/privacy/timer-notes';
import { ConnectionBanner } from '../../src/realtime/connection-banner';
import { useChat } from '../../src/realtime/chat.store';
import { RoomHeader } from '../../src/rooms/room-header';
import { Example, Examples, inState, Section } from '../example';
import { ME, message, PEOPLE, room, stateOf } from '../sample-data';
import { DesignSession } from '../session';

const PEER = PEOPLE.grace;
const OPEN = room(40, { peer: PEER, text: 'Hello' });
const REQUEST = room(41, { peer: PEOPLE.alan, text: 'Hello', more: { request: true } });
const BLOCKED = room(42, { peer: PEOPLE.alan, text: 'Hello', more: { blocked: true } });
const DELETED = room(43, { peer: PEOPLE.deleted, text: 'Hello' });
const WRITING = room(44, { peer: PEER, text: 'Hello' });
const LONG = room(45, { peer: PEER, text: 'Hello' });
const EDITED = room(46, { peer: PEER, text: 'Hello' });
const ROOMS = [OPEN, REQUEST, BLOCKED, DELETED, WRITING, LONG, EDITED];
const nothing = () => undefined;

function Field(props: { room: typeof OPEN; mode?: ComposerMode }) {
  const roomId = props.room.room.id;
  return (
    <Composer
      roomId={roomId}
      peerName={PEER.display_name}
      mode={props.mode ?? createRoot(() => createComposerMode(ME.id, roomId))}
      ref={nothing}
      onSent={nothing}
    />
  );
}

/** Nothing is loaded in it. */
const LOG = { model: { segment: () => null } } as unknown as RoomLog;
const RUNS = Object.fromEntries(Object.keys(ICONS).map((id) => [id, nothing])) as unknown as ActionRuns;
const RECORDING = {
  isRunning: () => true,
  seconds: () => 12.3,
  levels: () => Array.from({ length: 30 }, (_, index) => Math.abs(Math.sin(index / 3))),
};

/** The bar is put into the row that it is for. */
function MessageWithActions(props: { isFirst: boolean }) {
  const chat = useChat();
  const [row, setRow] = createSignal<HTMLElement | null>(null);
  const bubble = {
    ...confirmedBubble(message(OPEN.room.id, 1, PEER, 'Hello'), ME.id),
    isFirst: props.isFirst,
  };
  const actions = createMessageActions(chat, () => true, RUNS).filter(({ id }) =>
    ['react', 'reply'].includes(id),
  );
  return (
    <ol ref={(list) => queueMicrotask(() => setRow(list.querySelector('li')))}>
      <MessageItem
        bubble={bubble}
        peerName={PEER.display_name}
        peer={{ delivered: 1, read: 1 }}
        isNewestOwn={false}
        isCurrent={false}
        isTarget={false}
        observer={undefined}
        readSeq={1}
      />
      <Show when={row()}>
        {(element) => (
          <ActionBar
            target={{ bubble, row: element(), isByKey: false }}
            actions={actions}
            isReachable={false}
            onMore={nothing}
          />
        )}
      </Show>
    </ol>
  );
}

/** What stands around the messages of a chat. */
export function ChatParts() {
  saveDraft(ME.id, WRITING.room.id, 'A message of\ntwo lines');
  saveDraft(ME.id, LONG.room.id, 'too long\n'.repeat(600));
  return (
    <Section id="chat" title="Around the messages">
      <DesignSession state={stateOf(ROOMS)}>
        <Examples>
          <Example label="RoomHeader" isWide>
            <RoomHeader room={OPEN} peer={PEER} log={LOG} />
          </Example>
          <Example label="ActionBar, first of a run" isWide>
            <MessageWithActions isFirst />
          </Example>
          <Example label="ActionBar, later in a run: with the time" isWide>
            <MessageWithActions isFirst={false} />
          </Example>
          <Example label="Composer" isWide>
            <Field room={OPEN} />
          </Example>
          <Example label="Composer with the focus" isWide>
            <div ref={inState('focus-within', '.composer-box')}>
              <Field room={EDITED} />
            </div>
          </Example>
          <Example label="Composer with a text" isWide>
            <Field room={WRITING} />
          </Example>
          <Example label="Composer with a text that is too long" isWide>
            <Field room={LONG} />
          </Example>
          <Example label="ComposingBar, a reply" isWide>
            <ComposingBar
              mode={{
                kind: 'reply',
                quote: { id: 1, seq: 1, sender_id: PEER.id, text: 'What is answered', deleted: false },
              }}
              peerName={PEER.display_name}
              log={LOG}
              onCancel={nothing}
            />
          </Example>
          <Example label="ComposingBar, an edit" isWide>
            <ComposingBar
              mode={{ kind: 'edit', message: 1, text: 'What is edited' }}
              peerName={PEER.display_name}
              log={LOG}
              onCancel={nothing}
            />
          </Example>
          <Example label="RecordingBar" isWide>
            <div class="relative h-13">
              <RecordingBar recording={RECORDING} held={null} onCancel={nothing} />
            </div>
          </Example>
          <Example label="RecordingBar, held" isWide>
            <div class="relative h-13">
              <RecordingBar recording={RECORDING} held={{ part: 0, offset: 0 }} onCancel={nothing} />
            </div>
          </Example>
          <Example label="TypingStatus" isWide>
            <TypingStatus username={PEER.display_name} isTyping />
          </Example>
          <Example label="TimerNote" isWide>
            <TimerNote seconds={86_400} />
          </Example>
          <Example label="ComposerBar, a request" isWide>
            <ComposerBar room={REQUEST} peer={PEOPLE.alan} />
          </Example>
          <Example label="ComposerBar, blocked" isWide>
            <ComposerBar room={BLOCKED} peer={PEOPLE.alan} />
          </Example>
          <Example label="ComposerBar, deleted account" isWide>
            <ComposerBar room={DELETED} peer={PEOPLE.deleted} />
          </Example>
        </Examples>
      </DesignSession>
      <Examples>
        <Example label="ConnectionBanner, connecting">
          <DesignSession connection={{ name: 'connecting', attempt: 1 }} isLost>
            <ConnectionBanner />
          </DesignSession>
        </Example>
        <Example label="ConnectionBanner, waiting">
          <DesignSession connection={{ name: 'waiting', attempt: 2, delayMs: 4_000 }} isLost>
            <ConnectionBanner />
          </DesignSession>
        </Example>
        <Example label="ConnectionBanner, stopped">
          <DesignSession connection={{ name: 'stopped', reason: 'policy' }} isLost>
            <ConnectionBanner />
          </DesignSession>
        </Example>
      </Examples>
    </Section>
  );
}
