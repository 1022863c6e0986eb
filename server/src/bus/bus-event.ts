import type { Ref, ServerFrame, RoomId, Seq, UserId } from '@parley/shared';
import type { AckTarget, Publication, PublishedFrame } from './publication.js';

/** Stands for an absent number in the text between servers. */
const ABSENT = '-';
/** How the text of a frame begins that is about the list of rooms. */
const LIST_FRAME = /^{"type":"(?:room|settings)",/;

/**
 * A published frame and its receivers. The only class that joins pieces of JSON: the frame is serialised once, when its
 * text is first needed, and the fields of one user or of the `ack` are added as text. So a message to two users, all
 * their devices and another server costs one `JSON.stringify`.
 */
export class BusEvent {
  private constructor(
    readonly to: readonly UserId[],
    readonly roomId: RoomId,
    readonly exceptUser: UserId | null,
    /** `seq` of a message; null: not a message, delivered in any order. */
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

  /** `room` and `settings` frames are for user sockets only. */
  get isForUserSockets(): boolean {
    return LIST_FRAME.test(this.frameText.open);
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
   * The text of the event for other servers; the texts of several events may be concatenated. It has a line of numbers,
   * a line with the frame without its closing brace, and a line with the fields of each user. JSON.stringify escapes
   * line breaks, so that none of these contains one.
   */
  serialize(): string {
    const { to, roomId, seq, exceptUser } = this;
    let text = `${roomId} ${seq ?? ABSENT} ${exceptUser ?? ABSENT} ${to.join(' ')}\n${this.frameText.open}\n`;
    for (let i = 0; i < to.length; i++) text += `${this.userFields[i] ?? ''}\n`;
    return text;
  }

  /** @throws Error when any of the events is malformed. The JSON itself is not parsed: clients do that. */
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

/** For the few numbers of one user this takes a third of the time of `JSON.stringify`. */
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
