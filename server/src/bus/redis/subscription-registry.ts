import type { UserId } from '@parley/shared';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Acknowledgements } from './acknowledgements.js';
import type { RegistryMessage } from './registry-message.js';

/** How a registry sends messages to others, and reports missed events. */
export interface RegistryTransport {
  /** @returns the number of servers that received it, this one included; null: unknown. */
  sendToAll(message: RegistryMessage): Promise<number | null>;
  send(server: string, message: RegistryMessage): void;
  /** Called when another server may not have known that these users are subscribed here. */
  onMissedEvents(userIds: ReadonlySet<UserId>): void;
}

/** Longest time that a new socket waits for the acks of its subscription, in milliseconds. See #handleAck for later ones. */
const ACK_TIMEOUT_MS = 250;
/** Longest time that `refresh` waits for the snapshots of other servers, in milliseconds. */
const SNAPSHOT_TIMEOUT_MS = 1_000;
const HEARTBEAT_MS = 5_000;
/** A server that has sent nothing for this long is removed, in milliseconds. */
const EXPIRY_MS = 60_000;

const NO_SERVERS: ReadonlySet<string> = new Set();

/** What this server knows of another server. */
interface RemoteServer {
  /** Version of its last announcement that was applied here. */
  version: number;
  readonly userIds: Set<UserId>;
  lastSeenAt: number;
}

/** One message that announces users; these users share it. */
class Announcement {
  /** 0: not sent yet. */
  version = 0;
  readonly acks = new Acknowledgements();
}

/**
 * Knows which servers have subscribed to which users, so that an event is sent to these servers only. Every server
 * announces its subscriptions to all others with a version number, and each server acks. `subscribe` resolves when all
 * have acked: events that are published from then on arrive here, and `sync` returns the earlier ones. An ack after the
 * timeout names the version that its sender knew before: the users announced since then may have missed events. A server
 * that lacks an announcement detects it by the next version, and requests a snapshot. docs/bus.md has the states and
 * failures.
 */
export class SubscriptionRegistry {
  readonly #remotes = new Map<string, RemoteServer>();
  /** The same by user, to look up the servers of an event. */
  readonly #serversOf = new Map<UserId, Set<string>>();

  /** Users that are subscribed here, with their announcement. */
  readonly #subscribed = new Map<UserId, Announcement>();
  /** Users whose unsubscription is not announced yet. If they subscribe again before that, nothing is announced. */
  readonly #unsubscribed = new Map<UserId, Announcement>();
  #version = 0;
  /** Users whose subscription is not announced yet, and their announcement. */
  #added: UserId[] = [];
  #next: Announcement | null = null;
  #inFlight: Announcement | null = null;
  #isAnnouncing = false;

  #hasPublished = false;
  #isAlone = true;
  /** The snapshots that answer the last request; null: none was sent yet. */
  #snapshots: Acknowledgements | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly transport: RegistryTransport) {
    this.#timer = setInterval(() => {
      this.sendHeartbeat();
      this.#removeExpired(performance.now());
    }, HEARTBEAT_MS).unref();
  }

  /** False until the first request for snapshots is answered, and while a later one is not. */
  get isCurrent(): boolean {
    return this.#snapshots?.isSettled === true;
  }

  /** True until another server has sent something. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** The other servers that have subscribed to at least one of the users. */
  serversOf(userIds: readonly UserId[]): ReadonlySet<string> {
    let found = NO_SERVERS;
    for (const userId of userIds) {
      const servers = this.#serversOf.get(userId);
      if (servers) found = found.size === 0 ? servers : new Set([...found, ...servers]);
    }
    return found;
  }

  /** Resolves when all other servers have acked the subscription, or after ACK_TIMEOUT_MS. */
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

  /** Requests the snapshots of all servers. Called at the start, and when messages may not have arrived here. */
  async refresh(): Promise<void> {
    const now = performance.now();
    for (const remote of this.#remotes.values()) remote.lastSeenAt = now;
    const snapshots = new Acknowledgements();
    this.#snapshots = snapshots;
    const receivers = this.transport.sendToAll({ type: 'snapshotRequest', version: this.#version });
    // If a server does not answer in time, its next heartbeat causes another request.
    await snapshots.wait(receivers, SNAPSHOT_TIMEOUT_MS);
  }

  /** Sends the current version, by which servers that lack an announcement detect it. */
  sendHeartbeat(): void {
    void this.transport.sendToAll({ type: 'heartbeat', version: this.#version });
  }

  /** To be called when this server publishes: a server that it does not know yet may miss the event. */
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

  /** Sends one announcement at a time. Subscriptions that change meanwhile share the next one. */
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
    const knownVersion = this.#remotes.get(from)?.version ?? 0;
    if (version > knownVersion + 1) return this.#requestSnapshot(from);
    if (version === knownVersion + 1) {
      const remote = this.#remote(from);
      remote.version = version;
      for (const userId of added) this.#add(from, remote, userId);
      for (const userId of removed) this.#remove(from, remote, userId);
    }
    this.transport.send(from, { type: 'ack', version: Math.max(version, knownVersion), knownVersion });
  }

  #handleVersion(from: string, version: number): void {
    const remote = this.#remotes.get(from);
    if (remote) remote.lastSeenAt = performance.now();
    if (version > (remote?.version ?? 0)) this.#requestSnapshot(from);
  }

  #handleSnapshot(from: string, { version, userIds }: RegistryMessage & { type: 'snapshot' }): void {
    const knownVersion = this.#remotes.get(from)?.version ?? (this.#hasPublished ? 0 : version);
    this.#snapshots?.add(from);
    if (version < knownVersion) return;
    this.#removeServer(from);
    const remote = this.#remote(from);
    remote.version = version;
    for (const userId of userIds) this.#add(from, remote, userId);
    this.transport.send(from, { type: 'ack', version, knownVersion });
  }

  /** An ack in time settles the announcement. A later one reports missed events of the users announced since it. */
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

  /** Includes users whose unsubscription is not announced yet: if they subscribe again, nothing is announced. */
  #announcedUserIds(): UserId[] {
    return [...this.#subscribed, ...this.#unsubscribed].flatMap(([userId, { version }]) =>
      version > 0 ? [userId] : [],
    );
  }

  #requestSnapshot(server: string): void {
    this.transport.send(server, { type: 'snapshotRequest', version: this.#version });
  }

  #remote(server: string): RemoteServer {
    let remote = this.#remotes.get(server);
    if (!remote) this.#remotes.set(server, (remote = { version: 0, userIds: new Set(), lastSeenAt: 0 }));
    remote.lastSeenAt = performance.now();
    return remote;
  }

  #add(server: string, remote: RemoteServer, userId: UserId): void {
    remote.userIds.add(userId);
    const servers = this.#serversOf.get(userId);
    if (servers) servers.add(server);
    else this.#serversOf.set(userId, new Set([server]));
  }

  #remove(server: string, remote: RemoteServer, userId: UserId): void {
    remote.userIds.delete(userId);
    const servers = this.#serversOf.get(userId);
    servers?.delete(server);
    if (servers?.size === 0) this.#serversOf.delete(userId);
  }

  #removeServer(server: string): void {
    const remote = this.#remotes.get(server);
    for (const userId of remote?.userIds ?? []) if (remote) this.#remove(server, remote, userId);
    this.#remotes.delete(server);
  }

  #removeExpired(now: number): void {
    for (const [server, { lastSeenAt }] of this.#remotes) {
      if (now - lastSeenAt > EXPIRY_MS) this.#removeServer(server);
    }
  }
}
