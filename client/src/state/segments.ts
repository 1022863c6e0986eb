import { quoteOf, type Message } from '@parley/shared';

/** A gapless run of a room's messages: `messages[n].seq` is `first + n`. */
export interface Segment {
  readonly first: number;
  readonly messages: readonly Message[];
}

/** What is loaded of a room's messages. */
export interface Segments {
  /** The run that ends at the newest message and grows with each new one. */
  readonly live: Segment;
  /** Older runs, in the order of `seq`, with at least one message that is not loaded after each. */
  readonly detached: readonly Segment[];
}

/** Segments of a room without any message but the newest; null when it has none. */
export function newSegments(newest: Message | null): Segments {
  return {
    live: newest ? { first: newest.seq, messages: [newest] } : { first: 1, messages: [] },
    detached: [],
  };
}

/** The seq after the last message of a segment. */
export function endOf({ first, messages }: Segment): number {
  return first + messages.length;
}

/** Every segment, oldest first. */
export function allSegments({ live, detached }: Segments): Segment[] {
  return [...detached, live];
}

/** The segment that has the message `seq`. */
export function segmentAt(segments: Segments, seq: number): Segment | undefined {
  return allSegments(segments).find((segment) => segment.first <= seq && seq < endOf(segment));
}

/** Puts a message in its place, or at the end of the live segment if it is the next one. Null when its place is not loaded. */
export function putMessage(segments: Segments, message: Message): Segments | null {
  const { live, detached } = segments;
  const { seq } = message;
  if (live.first <= seq && seq <= endOf(live)) return { live: replaced(live, message), detached };
  const segment = segmentAt(segments, seq);
  if (!segment) return null;
  return { live, detached: detached.map((each) => (each === segment ? replaced(each, message) : each)) };
}

/** A message with what it answers as that is loaded: the answer of a request may show it older, or newer, than the rest. */
export function withLoadedQuote(segments: Segments, message: Message): Message {
  const { reply_to } = message;
  if (!reply_to) return message;
  const segment = segmentAt(segments, reply_to.seq);
  const original = segment?.messages[reply_to.seq - segment.first];
  return original ? { ...message, reply_to: quoteOf(original) } : message;
}

/** The messages that answer this one, with what they show of it. */
export function followQuotes(segments: Segments, message: Message): Segments {
  const isReply = ({ reply_to }: Message) => reply_to?.id === message.id;
  const quote = quoteOf(message);
  const follow = (segment: Segment): Segment => {
    if (!segment.messages.some(isReply)) return segment;
    const messages = segment.messages.map((each) => (isReply(each) ? { ...each, reply_to: quote } : each));
    return { ...segment, messages };
  };
  return { live: follow(segments.live), detached: segments.detached.map(follow) };
}

/** Adds a run of messages. What is loaded stays as it is; segments that touch become one. */
export function addRun(segments: Segments, run: Segment): Segments {
  const { live, detached } = segments;
  const touches = (segment: Segment) => segment.first <= endOf(run) && run.first <= endOf(segment);
  const touched = allSegments(segments).filter(touches);
  const joined = touched.reduce(overlay, run);
  if (touched.length === 1 && touched[0]?.messages.length === joined.messages.length) return segments;
  const untouched = detached.filter((segment) => !touches(segment));
  if (touches(live)) return { live: joined, detached: untouched };
  return { live, detached: [...untouched, joined].toSorted((a, b) => a.first - b.first) };
}

/** Two runs that touch or overlap, as one: where both have a message, it is that of `upper`. */
function overlay(lower: Segment, upper: Segment): Segment {
  const before = lower.messages.slice(0, Math.max(0, upper.first - lower.first));
  const after = lower.messages.slice(Math.max(0, endOf(upper) - lower.first));
  return {
    first: Math.min(lower.first, upper.first),
    messages: [...before, ...upper.messages, ...after],
  };
}

function replaced({ first, messages }: Segment, message: Message): Segment {
  const next = messages.slice();
  next[message.seq - first] = message;
  return { first, messages: next };
}
