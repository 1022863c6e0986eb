import { setImmediate as nextTurn } from 'node:timers/promises';
import { Answers } from './answers.js';

/** What servers say to each other about whose sockets are where. `n` counts what a server has announced, 1, 2, 3 … */
export type DirectoryMessage =
  /** To all: these users' sockets came to the sender, and those left. */
  | { kind: 'news'; n: number; came: number[]; left: number[] }
  /** To all, now and then: the sender is alive, and so far it has announced this much. */
  | { kind: 'beat'; n: number }
  /** To one or all: tell me everything of yours. */
  | { kind: 'who'; n: number }
  /** The answer: all users with sockets at the sender. */
  | { kind: 'all'; n: number; users: number[] }
  /** Announcements up to `n` are known here; those up to `had` were before this one came. */
  | { kind: 'ack'; n: number; had: number };

/** How directories reach each other, and what is done for whom something may have been missed. */
export interface DirectoryLine {
  /** @returns how many servers heard it, this one included; null when nobody knows. */
  toAll(message: DirectoryMessage): Promise<number | null>;
  to(server: string, message: DirectoryMessage): void;
  /** Some server may not have known that these users have sockets here. */
  gap(users: ReadonlySet<number>): void;
}

/** A socket waits this long for the other servers to know of it, in milliseconds. One that is late causes a gap. */
const ACK_TIMEOUT_MS = 250;
/** Longest wait for what the others host, in milliseconds. */
const ANSWER_TIMEOUT_MS = 1_000;
const BEAT_MS = 5_000;
/** A server that has said nothing for this long is gone, in milliseconds. */
const SILENCE_MS = 60_000;

const NONE: ReadonlySet<string> = new Set();

/** Another server. */
interface Peer {
  /** The last of its announcements that is known here. */
  n: number;
  readonly users: Set<number>;
  heardAt: number;
}

/** Shared by all users that were announced together. */
class Announcement {
  /** 0: not sent yet. */
  n = 0;
  readonly acks = new Answers();
}

/**
 * Which servers have sockets of which users: an event then goes to exactly these, and nowhere when both users are here.
 *
 * Every server announces who comes and leaves. A socket is opened when all other servers have confirmed that they know, so
 * an event from then on finds its way; what was told before, the client asks for (`sync`). Whoever could not confirm in
 * time does so later, and says what it had known by then: what came in between may have been missed, and is told as a
 * gap. The same holds for one that missed an announcement (it sees so by the next `n`) or was away.
 */
export class HostDirectory {
  readonly #peers = new Map<string, Peer>();
  /** The other way round, for each event. */
  readonly #serversOf = new Map<number, Set<string>>();

  /** Users with sockets here, and how that was announced. */
  readonly #hosted = new Map<number, Announcement>();
  readonly #left = new Map<number, Announcement>();
  #n = 0;
  /** Not announced yet. */
  #coming: number[] = [];
  #next: Announcement | null = null;
  #inFlight: Announcement | null = null;
  #isAnnouncing = false;

  /** This server has told nobody anything yet: it cannot have left anyone out. */
  #isNew = true;
  #isAlone = true;
  /** To the last question what everyone hosts. */
  #answers: Answers | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly line: DirectoryLine) {
    this.#timer = setInterval(() => {
      this.beat();
      this.#forgetSilent(performance.now());
    }, BEAT_MS).unref();
  }

  /** False while this server is finding out what the others host. */
  get isCurrent(): boolean {
    return this.#answers?.isSettled === true;
  }

  /** No other server has ever been heard of. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** Other servers with sockets of either user. */
  serversOf([a, b]: readonly [number, number]): ReadonlySet<string> {
    const ofA = this.#serversOf.get(a);
    const ofB = this.#serversOf.get(b);
    if (!ofA || !ofB) return ofA ?? ofB ?? NONE;
    return new Set([...ofA, ...ofB]);
  }

  /** Resolves when the other servers know that the user has sockets here, or have been waited for long enough. */
  host(userId: number): Promise<void> {
    const known = this.#hosted.get(userId) ?? this.#left.get(userId);
    if (known) {
      this.#left.delete(userId);
      this.#hosted.set(userId, known);
      return known.acks.settled;
    }
    this.#next ??= new Announcement();
    this.#coming.push(userId);
    this.#hosted.set(userId, this.#next);
    void this.#announce();
    return this.#next.acks.settled;
  }

  leave(userId: number): void {
    const known = this.#hosted.get(userId);
    if (!known) return;
    this.#hosted.delete(userId);
    this.#left.set(userId, known);
    void this.#announce();
  }

  /** Asks everyone what they host: at the start, and whenever something may not have arrived here. */
  async refresh(): Promise<void> {
    const now = performance.now();
    for (const peer of this.#peers.values()) peer.heardAt = now;
    const answers = new Answers();
    this.#answers = answers;
    const heardBy = await this.line.toAll({ kind: 'who', n: this.#n });
    // Who has not answered by then is found by its next beat.
    await answers.wait(heardBy, ANSWER_TIMEOUT_MS);
  }

  /** Shows whoever has missed an announcement that there was one. */
  beat(): void {
    void this.line.toAll({ kind: 'beat', n: this.#n });
  }

  /** This server tells of an event: from now on it may have left someone out. */
  begin(): void {
    this.#isNew = false;
  }

  hear(from: string, message: DirectoryMessage): void {
    this.#isAlone = false;
    switch (message.kind) {
      case 'news':
        return this.#hearNews(from, message);
      case 'who':
        this.line.to(from, { kind: 'all', n: this.#n, users: this.#announcedUsers() });
        return this.#hearBeat(from, message.n);
      case 'beat':
        return this.#hearBeat(from, message.n);
      case 'all':
        return this.#hearAll(from, message);
      case 'ack':
        return this.#hearAck(from, message);
      default:
        throw new Error('another kind of message');
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** One announcement at a time: who comes meanwhile goes together in the next. */
  async #announce(): Promise<void> {
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    while (this.#next || this.#left.size > 0) {
      await nextTurn();
      const announcement = this.#next ?? new Announcement();
      const came = this.#coming;
      const left = [...this.#left.keys()];
      this.#next = null;
      this.#coming = [];
      this.#left.clear();
      announcement.n = ++this.#n;
      this.#inFlight = announcement;
      const heardBy = await this.line.toAll({ kind: 'news', n: announcement.n, came, left });
      await announcement.acks.wait(heardBy, ACK_TIMEOUT_MS);
    }
    this.#isAnnouncing = false;
  }

  #hearNews(from: string, { n, came, left }: DirectoryMessage & { kind: 'news' }): void {
    const had = this.#peers.get(from)?.n ?? 0;
    if (n > had + 1) return this.#ask(from);
    if (n === had + 1) {
      const peer = this.#peer(from);
      peer.n = n;
      for (const userId of came) this.#add(from, peer, userId);
      for (const userId of left) this.#remove(from, peer, userId);
    }
    this.line.to(from, { kind: 'ack', n: Math.max(n, had), had });
  }

  #hearBeat(from: string, n: number): void {
    const peer = this.#peers.get(from);
    if (peer) peer.heardAt = performance.now();
    if (n > (peer?.n ?? 0)) this.#ask(from);
  }

  #hearAll(from: string, { n, users }: DirectoryMessage & { kind: 'all' }): void {
    const had = this.#peers.get(from)?.n ?? (this.#isNew ? n : 0);
    this.#answers?.add(from);
    if (n < had) return;
    this.#forget(from);
    const peer = this.#peer(from);
    peer.n = n;
    for (const userId of users) this.#add(from, peer, userId);
    this.line.to(from, { kind: 'ack', n, had });
  }

  #hearAck(from: string, { n, had }: DirectoryMessage & { kind: 'ack' }): void {
    // As it should be: the one that is waited for, and all before it known.
    const isInTime = this.#inFlight?.n === n && !this.#inFlight.acks.isSettled && had >= n - 1;
    if (!isInTime && had < n) {
      const missed = [...this.#hosted].filter(
        ([, { n: announced, acks }]) => acks.isSettled && announced > had && announced <= n,
      );
      if (missed.length > 0) this.line.gap(new Set(missed.map(([userId]) => userId)));
    }
    if (this.#inFlight && n >= this.#inFlight.n) this.#inFlight.acks.add(from);
  }

  /** Also those whose leaving has not been announced: they may yet come back, and nobody would be told. */
  #announcedUsers(): number[] {
    return [...this.#hosted, ...this.#left].flatMap(([userId, { n }]) => (n > 0 ? [userId] : []));
  }

  #ask(server: string): void {
    this.line.to(server, { kind: 'who', n: this.#n });
  }

  #peer(server: string): Peer {
    let peer = this.#peers.get(server);
    if (!peer) this.#peers.set(server, (peer = { n: 0, users: new Set(), heardAt: 0 }));
    peer.heardAt = performance.now();
    return peer;
  }

  #add(server: string, peer: Peer, userId: number): void {
    peer.users.add(userId);
    const servers = this.#serversOf.get(userId);
    if (servers) servers.add(server);
    else this.#serversOf.set(userId, new Set([server]));
  }

  #remove(server: string, peer: Peer, userId: number): void {
    peer.users.delete(userId);
    const servers = this.#serversOf.get(userId);
    servers?.delete(server);
    if (servers?.size === 0) this.#serversOf.delete(userId);
  }

  #forget(server: string): void {
    const peer = this.#peers.get(server);
    for (const userId of peer?.users ?? []) if (peer) this.#remove(server, peer, userId);
    this.#peers.delete(server);
  }

  #forgetSilent(now: number): void {
    for (const [server, { heardAt }] of this.#peers) {
      if (now - heardAt > SILENCE_MS) this.#forget(server);
    }
  }
}
