import type { UserId } from '@parley/shared';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Acknowledgements } from './acknowledgements.js';
import type { RegistryMessage } from './registry-message.js';

/** How registries reach each other, and what they report. */
export interface RegistryTransport {
  /** @returns how many servers received it, this one included; null: unknown. */
  sendToAll(message: RegistryMessage): Promise<number | null>;
  send(server: string, message: RegistryMessage): void;
  /** Some server may not have known that these users are subscribed here. */
  onMissedEvents(userIds: ReadonlySet<UserId>): void;
}

/** Longest wait of a socket for the acks of its subscription, in milliseconds. A later ack reports missed events. */
const ACK_TIMEOUT_MS = 250;
/** Longest wait for the snapshots of other servers, in milliseconds. */
const SNAPSHOT_TIMEOUT_MS = 1_000;
const HEARTBEAT_MS = 5_000;
/** A server without a sign of life for this long is removed, in milliseconds. */
const EXPIRY_MS = 60_000;

const NO_SERVERS: ReadonlySet<string> = new Set();

/** Another server, as far as this one knows it. */
interface Peer {
  /** Of its last announcement that is known here. */
  version: number;
  readonly userIds: Set<UserId>;
  lastSeenAt: number;
}

/** Shared by all users that are announced together. */
class Announcement {
  /** 0: not sent yet. */
  version = 0;
  readonly acks = new Acknowledgements();
}

/**
 * Which servers have subscribed which users: an event is sent to exactly these, and to none when all its users are
 * here. Every server announces its subscriptions to all others, numbered, and each acknowledges. `subscribe` resolves
 * when all have, so that events published from then on arrive; earlier ones come by `sync`. An ack that arrives after the
 * timeout says which version its sender had known: the users announced since may have missed events. A server that
 * lacks an announcement (it sees so by the next version) requests a snapshot. States and failures: docs/bus.md.
 */
export class SubscriptionRegistry {
  readonly #peers = new Map<string, Peer>();
  /** The inverse of the peers' users, for each event. */
  readonly #serversOf = new Map<UserId, Set<string>>();

  /** Users subscribed here, with their announcement. */
  readonly #subscribed = new Map<UserId, Announcement>();
  /** Unsubscribed here, not announced yet: a user who reconnects meanwhile needs no announcement. */
  readonly #unsubscribed = new Map<UserId, Announcement>();
  #version = 0;
  /** Subscribed, not announced yet, and what they will be announced with. */
  #added: UserId[] = [];
  #next: Announcement | null = null;
  #inFlight: Announcement | null = null;
  #isAnnouncing = false;

  #hasPublished = false;
  #isAlone = true;
  /** Snapshots that the last request is answered with. */
  #snapshots: Acknowledgements | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly transport: RegistryTransport) {
    this.#timer = setInterval(() => {
      this.sendHeartbeat();
      this.#removeExpired(performance.now());
    }, HEARTBEAT_MS).unref();
  }

  /** False while this server waits for the snapshots of the others. */
  get isCurrent(): boolean {
    return this.#snapshots?.isSettled === true;
  }

  /** No other server has ever sent anything. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** Other servers that have subscribed one of the users. */
  serversOf(userIds: readonly UserId[]): ReadonlySet<string> {
    let found = NO_SERVERS;
    for (const userId of userIds) {
      const servers = this.#serversOf.get(userId);
      if (servers) found = found.size === 0 ? servers : new Set([...found, ...servers]);
    }
    return found;
  }

  /** Resolves when the other servers know of the subscription, or after ACK_TIMEOUT_MS. */
  subscribe(userId: UserId): Promise<void> {
    const existing = this.#subscribed.get(userId) ?? this.#unsubscribed.get(userId);
    if (existing) {
      this.#unsubscribed.delete(userId);
      this.#subscribed.set(userId, existing);
      return existing.acks.settled;
    }
    this.#next ??= new Announcement();
    this.#added.push(userId);
    this.#subscribed.set(userId, this.#next);
    void this.#announce();
    return this.#next.acks.settled;
  }

  unsubscribe(userId: UserId): void {
    const announcement = this.#subscribed.get(userId);
    if (!announcement) return;
    this.#subscribed.delete(userId);
    this.#unsubscribed.set(userId, announcement);
    void this.#announce();
  }

  /** Requests everyone's snapshot: at the start, and whenever messages may not have arrived here. */
  async refresh(): Promise<void> {
    const now = performance.now();
    for (const peer of this.#peers.values()) peer.lastSeenAt = now;
    const snapshots = new Acknowledgements();
    this.#snapshots = snapshots;
    const receivers = this.transport.sendToAll({ type: 'snapshotRequest', version: this.#version });
    // The next heartbeat of a server that has not answered by the timeout leads to another request.
    await snapshots.wait(receivers, SNAPSHOT_TIMEOUT_MS);
  }

  /** Lets servers that lack an announcement notice it. */
  sendHeartbeat(): void {
    void this.transport.sendToAll({ type: 'heartbeat', version: this.#version });
  }

  /** This server publishes: from now on an event may not have been sent to a server that it did not know. */
  markPublished(): void {
    this.#hasPublished = true;
  }

  /** @param message checked: see checkedRegistryMessage. */
  handle(from: string, message: RegistryMessage): void {
    this.#isAlone = false;
    switch (message.type) {
      case 'announce':
        return this.#handleAnnounce(from, message);
      case 'snapshotRequest':
        this.transport.send(from, {
          type: 'snapshot',
          version: this.#version,
          userIds: this.#announcedUserIds(),
        });
        return this.#handleVersion(from, message.version);
      case 'heartbeat':
        return this.#handleVersion(from, message.version);
      case 'snapshot':
        return this.#handleSnapshot(from, message);
      case 'ack':
        return this.#handleAck(from, message);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** One announcement at a time: users who come and go meanwhile share the next one. */
  async #announce(): Promise<void> {
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    while (this.#next || this.#unsubscribed.size > 0) {
      await nextTurn();
      const announcement = this.#next ?? new Announcement();
      const added = this.#added;
      const removed = [...this.#unsubscribed.keys()];
      this.#next = null;
      this.#added = [];
      this.#unsubscribed.clear();
      announcement.version = ++this.#version;
      this.#inFlight = announcement;
      const { version } = announcement;
      const receivers = this.transport.sendToAll({ type: 'announce', version, added, removed });
      await announcement.acks.wait(receivers, ACK_TIMEOUT_MS);
    }
    this.#isAnnouncing = false;
  }

  #handleAnnounce(from: string, message: RegistryMessage & { type: 'announce' }): void {
    const { version, added, removed } = message;
    const knownVersion = this.#peers.get(from)?.version ?? 0;
    if (version > knownVersion + 1) return this.#requestSnapshot(from);
    if (version === knownVersion + 1) {
      const peer = this.#peer(from);
      peer.version = version;
      for (const userId of added) this.#add(from, peer, userId);
      for (const userId of removed) this.#remove(from, peer, userId);
    }
    this.transport.send(from, { type: 'ack', version: Math.max(version, knownVersion), knownVersion });
  }

  #handleVersion(from: string, version: number): void {
    const peer = this.#peers.get(from);
    if (peer) peer.lastSeenAt = performance.now();
    if (version > (peer?.version ?? 0)) this.#requestSnapshot(from);
  }

  #handleSnapshot(from: string, { version, userIds }: RegistryMessage & { type: 'snapshot' }): void {
    const knownVersion = this.#peers.get(from)?.version ?? (this.#hasPublished ? 0 : version);
    this.#snapshots?.add(from);
    if (version < knownVersion) return;
    this.#removePeer(from);
    const peer = this.#peer(from);
    peer.version = version;
    for (const userId of userIds) this.#add(from, peer, userId);
    this.transport.send(from, { type: 'ack', version, knownVersion });
  }

  #handleAck(from: string, { version, knownVersion }: RegistryMessage & { type: 'ack' }): void {
    const inFlight = this.#inFlight;
    const isInTime = inFlight?.version === version && !inFlight.acks.isSettled && knownVersion >= version - 1;
    if (!isInTime && knownVersion < version) {
      const userIds = [...this.#subscribed].flatMap(([userId, announcement]) =>
        announcement.acks.isSettled && announcement.version > knownVersion && announcement.version <= version
          ? [userId]
          : [],
      );
      if (userIds.length > 0) this.transport.onMissedEvents(new Set(userIds));
    }
    if (inFlight && version >= inFlight.version) inFlight.acks.add(from);
  }

  /** Also users whose unsubscription is not announced yet: they may come back, which is not announced either. */
  #announcedUserIds(): UserId[] {
    return [...this.#subscribed, ...this.#unsubscribed].flatMap(([userId, { version }]) =>
      version > 0 ? [userId] : [],
    );
  }

  #requestSnapshot(server: string): void {
    this.transport.send(server, { type: 'snapshotRequest', version: this.#version });
  }

  #peer(server: string): Peer {
    let peer = this.#peers.get(server);
    if (!peer) this.#peers.set(server, (peer = { version: 0, userIds: new Set(), lastSeenAt: 0 }));
    peer.lastSeenAt = performance.now();
    return peer;
  }

  #add(server: string, peer: Peer, userId: UserId): void {
    peer.userIds.add(userId);
    const servers = this.#serversOf.get(userId);
    if (servers) servers.add(server);
    else this.#serversOf.set(userId, new Set([server]));
  }

  #remove(server: string, peer: Peer, userId: UserId): void {
    peer.userIds.delete(userId);
    const servers = this.#serversOf.get(userId);
    servers?.delete(server);
    if (servers?.size === 0) this.#serversOf.delete(userId);
  }

  #removePeer(server: string): void {
    const peer = this.#peers.get(server);
    for (const userId of peer?.userIds ?? []) if (peer) this.#remove(server, peer, userId);
    this.#peers.delete(server);
  }

  #removeExpired(now: number): void {
    for (const [server, { lastSeenAt }] of this.#peers) {
      if (now - lastSeenAt > EXPIRY_MS) this.#removePeer(server);
    }
  }
}
