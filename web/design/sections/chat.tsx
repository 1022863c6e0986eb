import { createRoot } from 'solid-js';
import { Composer } from '../../src/messages/composer/composer';
import { createComposerMode, type ComposerMode } from '../../src/messages/composer/composer-mode';
import { saveDraft } from '../../src/messages/composer/drafts';
import { TypingStatus } from '../../src/presence/typing-status';
import { ComposerBar } from '../../src/privacy/composer-bar';
import { TimerNote } from '../../src/privacy/timer-notes';
import { ConnectionBanner } from '../../src/realtime/connection-banner';
import { Example, Examples, inState, Section } from '../example';
import { ME, PEOPLE, room, stateOf } from '../sample-data';
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

/** What stands around the messages of a chat. */
export function ChatParts() {
  saveDraft(ME.id, WRITING.room.id, 'A message of\ntwo lines');
  saveDraft(ME.id, LONG.room.id, 'too long\n'.repeat(600));
  return (
    <Section id="chat" title="Around the messages">
      <DesignSession state={stateOf(ROOMS)}>
        <Examples>
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
