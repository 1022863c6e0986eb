import type { Ref, ServerFrame, RoomId, Seq, UserId } from '@parley/shared';
import type { AckTarget, Publication, PublishedFrame } from './publication.js';

/** On the wire between servers, for a number that is absent. */
const ABSENT = '-';

/**
 * A published frame on its way to sockets, and the only place where pieces of JSON are joined. The frame is serialised
 * once, when its text is first needed; the fields of one user and the `ack` of the sender's socket are added as text.
 * A message to two users, their devices and another server thus costs one `JSON.stringify` of the message.
 */
export class BusEvent {
  private constructor(
    readonly to: readonly UserId[],
    readonly roomId: RoomId,
    readonly exceptUser: UserId | null,
    /** Of a message: its place in the order of the room. */
    readonly seq: Seq | null,
    readonly ackTo: AckTarget | null,
    private readonly frameText: FrameText,
    /** JSON of the fields of each user in `to`, with a comma before each field. */
    private readonly userFields: readonly string[],
  ) {}

  static of<Frame extends PublishedFrame>(publication: Publication<Frame>): BusEvent {
    const { to, roomId, frame, perUser, exceptUser, ackTo } = publication;
    return new BusEvent(
      to,
      roomId,
      exceptUser ?? null,
      seqOf(frame),
      ackTo ?? null,
      new FrameText(frame),
      perUser ? to.map((userId) => fieldsText(perUser(userId))) : [],
    );
  }

  /** The frame for user sockets of this user, one of `to`. */
  textForUser(userId: UserId): string {
    return `${this.frameText.open}${this.#fieldsOf(userId)}}`;
  }

  /** The frame for room sockets. */
  textForRoom(): string {
    return `${this.frameText.open}}`;
  }

  /** An `ack` with the fields of the frame. @param userId null: for a room socket. */
  ackText(ref: Ref, userId: UserId | null): string {
    const fields = userId === null ? '' : this.#fieldsOf(userId);
    return `{"type":"ack","ref":${JSON.stringify(ref)}${this.frameText.openFields}${fields}}`;
  }

  /**
   * The event for other servers, several of which may be concatenated: a line of numbers, the frame without its closing
   * brace, the fields of each user. JSON has no line breaks of its own: in its strings they are escaped.
   */
  serialize(): string {
    const { to, roomId, seq, exceptUser } = this;
    let text = `${roomId} ${seq ?? ABSENT} ${exceptUser ?? ABSENT} ${to.join(' ')}\n${this.frameText.open}\n`;
    for (let i = 0; i < to.length; i++) text += `${this.userFields[i] ?? ''}\n`;
    return text;
  }

  /** @throws when any of the events is malformed. The JSON itself is not parsed: clients do that. */
  static parseAll(text: string): BusEvent[] {
    const events: BusEvent[] = [];
    const lines = text.split('\n');
    if (lines.pop() !== '') throw new Error('an event is cut off');
    for (let i = 0; i < lines.length;) {
      const [roomId, seq, exceptUser, ...to] = lines[i++]!.split(' ');
      const open = lines[i++];
      const userFields = lines.slice(i, (i += to.length));
      if (open?.startsWith('{"type":"') !== true) throw new Error('an event has no frame');
      if (to.length === 0 || userFields.length < to.length) throw new Error('an event has no users');
      if (!userFields.every((fields) => fields === '' || fields.startsWith(',"'))) {
        throw new Error('an event has malformed fields of a user');
      }
      events.push(
        new BusEvent(
          to.map((id) => parseId(id) as UserId),
          parseId(roomId) as RoomId,
          exceptUser === ABSENT ? null : (parseId(exceptUser) as UserId),
          seq === ABSENT ? null : (parseId(seq) as Seq),
          null,
          new FrameText(open),
          userFields,
        ),
      );
    }
    return events;
  }

  #fieldsOf(userId: UserId): string {
    return this.userFields[this.to.indexOf(userId)] ?? '';
  }
}

/** A frame as JSON without its closing brace, so that fields can be added. */
class FrameText {
  #open: string | null;
  readonly #frame: ServerFrame | null;

  constructor(frame: ServerFrame | string) {
    this.#open = typeof frame === 'string' ? frame : null;
    this.#frame = typeof frame === 'string' ? null : frame;
  }

  get open(): string {
    return (this.#open ??= JSON.stringify(this.#frame).slice(0, -1));
  }

  /** Without `type`, which is the first field of every frame. */
  get openFields(): string {
    const end = this.open.indexOf(',');
    return end < 0 ? '' : this.open.slice(end);
  }
}

function seqOf(frame: PublishedFrame): Seq | null {
  return frame.type === 'message' ? (frame.message.seq as Seq) : null;
}

/** Fields of one user are a few numbers, for which this takes a third of the time of `JSON.stringify`. */
function fieldsText(fields: Record<string, unknown>): string {
  let text = '';
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) text += `,"${name}":${Number.isFinite(value) ? value : JSON.stringify(value)}`;
  }
  return text;
}

function parseId(text: string | undefined): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1) throw new Error('an event has a malformed id');
  return id;
}
