import { DEFAULT_SETTINGS } from '@parley/shared';
import * as fc from 'fast-check';
import { optimistic } from './optimistic.js';
import { applyEvent } from './apply-event.js';
import type { ChatEvent } from './chat-event.js';
import { emptyState, isBehind, revisionsOf } from './chat-state.js';
import { loadedSegments, run } from '../testing/model-run.js';
import { ME, ModelServer, PEER, ROOM } from '../testing/model-server.js';

const RUNS = { numRuns: 500 };

describe('applyEvent', () => {
  it('ends in the server’s state, whatever was lost, repeated or overtaken', () => {
    fc.assert(
      fc.property(run, (made) => {
        made.settle();
        const room = made.state.rooms[ROOM];
        expect(room?.room).toEqual(made.server.room());
        for (const { first, messages } of loadedSegments(made.state)) {
          expect(messages).toEqual(made.server.messages.slice(first - 1, first - 1 + messages.length));
        }
        expect(room?.waiting).toEqual([]);
        expect(made.state.outbox).toEqual([]);
        expect(isBehind(made.state)).toBe(false);
      }),
      RUNS,
    );
  });

  it('shows each message once, in the order of seq, without a hole, at every moment', () => {
    fc.assert(
      fc.property(run, (made) => {
        for (const state of made.states) {
          const room = state.rooms[ROOM];
          if (!room) continue;
          let end = 0;
          for (const { first, messages } of loadedSegments(state)) {
            // With a gap between two of them: else they were one.
            expect(first).toBeGreaterThan(end);
            expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => first + index));
            end = first + messages.length;
          }
          expect(end).toBe(room.room.last_seq + 1);
          expect(room.room.last_message).toEqual(room.segments.live.messages.at(-1) ?? null);
        }
      }),
      RUNS,
    );
  });

  it('has all messages in one segment once the pages between two segments are loaded', () => {
    fc.assert(
      fc.property(run, (made) => {
        made.settle();
        made.loadAll();
        const [segment, ...others] = loadedSegments(made.state);
        expect(others).toEqual([]);
        const first = segment?.first ?? 1;
        const all = made.server.messages.slice(first - 1);
        expect(segment?.messages ?? []).toEqual(made.state.rooms[ROOM] ? all : []);
        expect(first).toBeLessThanOrEqual(made.server.firstSeq);
      }),
      RUNS,
    );
  });

  it('never shows a message both as confirmed and as on its way', () => {
    fc.assert(
      fc.property(run, (made) => {
        for (const state of made.states) {
          const shown = loadedSegments(state).flatMap(({ messages }) =>
            messages.map(({ client_id }) => client_id),
          );
          expect(state.outbox.filter(({ client_id }) => shown.includes(client_id))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('never lets a sent message vanish: it is on its way until it is in the room', () => {
    fc.assert(
      fc.property(run, (made) => {
        made.states.reduce((before, after) => {
          const gone = before.outbox.filter(
            ({ kind, client_id }) =>
              kind === 'send' && !after.outbox.some((entry) => entry.client_id === client_id),
          );
          const stored = made.server.messages.map((message) => message.client_id);
          for (const { client_id } of gone) {
            expect(stored).toContain(client_id);
            const seq = stored.indexOf(client_id) + 1;
            expect(after.rooms[ROOM]?.room.last_seq).toBeGreaterThanOrEqual(seq);
          }
          return after;
        });
      }),
      RUNS,
    );
  });

  it('keeps an acked change until the room has it', () => {
    fc.assert(
      fc.property(run, (made) => {
        made.states.reduce((before, after) => {
          for (const entry of before.outbox) {
            if (entry.kind === 'send' || entry.rev === null) continue;
            const isGone = !after.outbox.some(({ client_id }) => client_id === entry.client_id);
            if (isGone) expect(after.rooms[ROOM]?.room.rev).toBeGreaterThanOrEqual(entry.rev);
          }
          return after;
        });
      }),
      RUNS,
    );
  });

  it('shows what the server has once every change is acked or refused', () => {
    fc.assert(
      fc.property(run, (made) => {
        made.settle();
        made.settle();
        expect(made.state.outbox).toEqual([]);
        const show = optimistic(made.state.outbox, ME);
        const shown = loadedSegments(made.state).flatMap(({ messages }) => messages.map(show));
        expect(shown).toEqual(made.server.messages.filter(({ seq }) => shown.some((m) => m.seq === seq)));
      }),
      RUNS,
    );
  });

  it('moves marks and revisions forward only, and never past the server’s', () => {
    fc.assert(
      fc.property(run, (made) => {
        const heads = made.states.flatMap((state) => state.rooms[ROOM]?.room ?? []);
        heads.reduce((before, after) => {
          expect(after.rev).toBeGreaterThanOrEqual(before.rev);
          after.members.forEach((member, index) => {
            expect(member.read_seq ?? 0).toBeGreaterThanOrEqual(before.members[index]?.read_seq ?? 0);
            expect(member.delivered_seq).toBeGreaterThanOrEqual(before.members[index]?.delivered_seq ?? 0);
          });
          return after;
        }, heads[0] ?? made.server.room());
        expect(heads.at(-1)?.rev ?? 0).toBeLessThanOrEqual(made.server.rev);
      }),
      RUNS,
    );
  });

  it('takes the server’s unread count as it is once it has everything', () => {
    fc.assert(
      fc.property(run, (made) => {
        made.settle();
        expect(made.state.rooms[ROOM]?.room.unread_count).toBe(made.server.unread());
      }),
      RUNS,
    );
  });

  it('changes nothing for a kind of frame that it does not know', () => {
    const state = emptyState(ME);
    const frame = JSON.parse('{"type":"hologram"}') as ChatEvent;
    expect(applyEvent(state, frame)).toBe(state);
  });

  it('hides typing the moment that user’s message arrives', () => {
    const { server, take, state } = setUp();
    take({ type: 'typing', room_id: ROOM, user_id: PEER });
    expect(state().typing[ROOM]).toBe(PEER);
    take(server.frameOf(server.send(PEER, null)));
    expect(state().typing[ROOM]).toBeUndefined();
  });

  it('asks for a page again when a message of it changed meanwhile', () => {
    const { server, take, state } = setUp(5);
    const requestedAtRev = state().rooms[ROOM]?.room.rev ?? 0;
    const stale = server.page('before', 5, 4);
    const edited = server.edit(2);
    if (edited) take(edited);
    take({ type: 'page-loaded', roomId: ROOM, requestedAtRev, page: stale });
    expect(state().rooms[ROOM]?.segments.live.messages).toHaveLength(1);
    const again = {
      type: 'page-loaded',
      roomId: ROOM,
      requestedAtRev: server.rev,
      page: server.page('before', 5, 4),
    } as const;
    take(again);
    expect(state().rooms[ROOM]?.segments.live.messages.map(({ text }) => text)).toEqual(
      server.messages.map(({ text }) => text),
    );
  });

  it('keeps list and log at the same newest message when a sync was overtaken by the ack of an edited one', () => {
    const { server, take, state } = setUp();
    const { message } = server.send(ME, 'mine-1');
    const sentRevs = revisionsOf(state());
    const beforeTheEdit = server.sync(sentRevs, 0);
    server.edit(message.seq);
    take({ type: 'message-acked', clientId: 'mine-1', ack: server.send(ME, 'mine-1') });
    take({ type: 'synced', answer: beforeTheEdit, sentRevs });
    const room = state().rooms[ROOM];
    expect(room?.segments.live.messages.at(-1)?.text).toBe('text 1!');
    expect(room?.room.last_message).toEqual(room?.segments.live.messages.at(-1));
  });

  it('knows that a frame of an unknown room needs a sync, and a sync brings the room', () => {
    const server = new ModelServer();
    let state = applyEvent(emptyState(ME), server.frameOf(server.send(PEER, null)));
    expect(isBehind(state)).toBe(true);
    state = applyEvent(state, { type: 'synced', answer: server.sync({}, 300), sentRevs: {} });
    expect(isBehind(state)).toBe(false);
    expect(state.rooms[ROOM]?.segments.live.messages).toHaveLength(1);
  });

  it('gets a chat that was blocked on another device by a sync, which the frame makes necessary', () => {
    const { server, take, state } = setUp(2);
    const sentRevs = revisionsOf(state());
    take(server.block());
    expect(isBehind(state())).toBe(true);
    take({ type: 'synced', answer: server.sync(sentRevs, 300), sentRevs });
    expect(isBehind(state())).toBe(false);
    expect(state().rooms[ROOM]?.room).toEqual(server.room());
    expect(state().rooms[ROOM]?.room.blocked).toBe(true);
  });

  it('gets the messages that have changed together with their room', () => {
    const { server, take, state } = setUp(2);
    const sentRevs = revisionsOf(state());
    server.edit(2);
    take({ type: 'room', room: server.room() });
    expect(isBehind(state())).toBe(true);
    take({ type: 'synced', answer: server.sync(sentRevs, 300), sentRevs });
    expect(state().rooms[ROOM]?.segments.live.messages.at(-1)?.text).toBe('text 2!');
  });

  it('keeps a hidden read watermark hidden while messages are delivered', () => {
    const server = new ModelServer(true);
    let state = applyEvent(emptyState(ME), { type: 'rooms-loaded', rooms: [server.room()] });
    const take = (event: ChatEvent | null) => {
      if (event) state = applyEvent(state, event);
    };
    take(server.frameOf(server.send(ME, null)));
    take(server.mark('read', PEER, 1).frame);
    const peer = state.rooms[ROOM]?.room.members[1];
    expect(peer).toEqual({ user_id: PEER, read_seq: null, delivered_seq: 1 });
  });

  it('has the settings of a chat as the last frame says', () => {
    const { take, state } = setUp();
    const settings = {
      share_read: false,
      share_delivered: null,
      share_typing: true,
      share_presence: null,
      pinned: false,
      muted_until: null,
      archived: false,
      marked_unread: false,
    };
    take({ type: 'settings', room_id: ROOM, ...settings, listing: null });
    take({ type: 'settings', room_id: ROOM, ...settings, share_read: null, listing: null });
    expect(state().settings).toEqual({ [ROOM]: { ...settings, share_read: null } });
  });

  it('has what the user shares in general as the last frame says', () => {
    const { take, state } = setUp();
    expect(state().sharing).toBeNull();
    const sharing = { share_read: false, share_delivered: true, share_typing: true, share_presence: true };
    take({ type: 'sharing', ...sharing });
    take({ type: 'sharing', ...sharing, share_presence: false });
    expect(state().sharing).toEqual({ ...sharing, share_presence: false });
  });

  it('has the settings of the user as the last frame says', () => {
    const { take, state } = setUp();
    expect(state().userSettings).toBeNull();
    take({ type: 'user_settings', settings: DEFAULT_SETTINGS });
    const settings = { ...DEFAULT_SETTINGS, theme: 'dark' as const };
    take({ type: 'user_settings', settings });
    expect(state().userSettings).toEqual(settings);
  });

  it('learns from the ack of a receipt that something is missing', () => {
    const { server, take, state } = setUp(1);
    server.send(PEER, null);
    take({ type: 'receipt-acked', ack: server.mark('read', ME, 1).ack });
    expect(isBehind(state())).toBe(true);
  });

  it('takes nothing from the ack of a receipt but that something happened: it may be another device’s doing', () => {
    const { server, take, state } = setUp(2);
    const elsewhere = server.mark('read', ME, 2);
    take({ type: 'receipt-acked', ack: server.mark('delivered', ME, 2).ack });
    expect(isBehind(state())).toBe(true);
    if (elsewhere.frame) take(elsewhere.frame);
    expect(state().rooms[ROOM]?.room).toEqual(server.room());
    expect(isBehind(state())).toBe(false);
  });

  it('believes a server whose database was restored to an earlier state', () => {
    const { take, state } = setUp(5);
    const restored = new ModelServer();
    restored.send(PEER, null);
    const sentRevs = revisionsOf(state());
    const answer = {
      rooms: [{ room: restored.room(), reset: true, messages: [] }],
      unknown: [],
      more: false,
    };
    take({ type: 'synced', answer, sentRevs });
    expect(state().rooms[ROOM]?.room).toEqual(restored.room());
  });
});

function setUp(stored = 0) {
  const server = new ModelServer();
  for (let n = 0; n < stored; n++) server.send(PEER, null);
  let current = applyEvent(emptyState(ME), { type: 'rooms-loaded', rooms: [server.room()] });
  const take = (event: ChatEvent) => {
    current = applyEvent(current, event);
  };
  return { server, take, state: () => current };
}
