import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { MAX_FOUND_USERS, MIN_SEARCH_LENGTH, textLength, type User, type UserId } from '@parley/shared';
import { LRUCache } from 'lru-cache';
import { EventBus } from '../bus/event-bus.js';
import { Batcher } from '../database/batcher.js';
import { Database, type Statement } from '../database/database.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { ChatError, noSuchUser } from '../errors/chat-error.js';
import { PresenceStore } from '../presence/presence.store.js';
import { isDeleted, notDeletedSql } from './deleted-users.js';
import { DECLINED, FROZEN, presenceShownSql, seenSeqSql, type ShownPresence, type Side } from './privacy.js';
import { StrangerLimits } from './stranger-limits.js';

/** What of a user does not change by the minute. */
export interface Profile {
  id: UserId;
  username: string;
  display_name: string;
  /** Names the picture (`attachments.key`); null, or left out: there is none. */
  avatar?: string | null;
}

/** A broadcast that may have been lost is repeated for so many users, of this time, in milliseconds. */
const MAX_REPEATED = 1_000;
const REPEATED_MS = 600_000;
/** Time until a profile that could not be read is read again, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * SQL: what was typed, folded, as a part of a pattern of LIKE. PostgreSQL folds it as it folds the names. Null, which matches
 * nothing, when only marks were typed.
 */
function typedSql(text: '$1' | '$2'): string {
  return String.raw`SELECT CASE WHEN fold_name(${text}) <> '' OR ${text} = ''
    THEN regexp_replace(fold_name(${text}), '([\\%_])', '\\\1', 'g') END AS name`;
}

/** SQL: conditions on the user `u` and the query `typed`, which is read once and not for each user. */
const TYPED = '(SELECT name FROM typed)';
const NAME_HAS_TYPED = `lower(u.username) LIKE '%' || ${TYPED} || '%' OR fold_name(u.display_name) LIKE '%' || ${TYPED} || '%'`;
const BEGINS_WITH_TYPED = `CASE WHEN lower(u.username) LIKE ${TYPED} || '%' THEN 0 ELSE 1 END`;

const ALL: Statement = {
  name: 'users-all',
  sql: `SELECT id, username, display_name, avatar FROM users u WHERE ${notDeletedSql('u')} ORDER BY id LIMIT $1`,
};

const SEARCH: Statement = {
  name: 'users-search',
  // Both indexes are of trigrams, and find a part of a name from three characters on. Names that begin with it come first.
  sql: `WITH typed AS (${typedSql('$1')})
        SELECT id, username, display_name, avatar FROM users u
        WHERE (${NAME_HAS_TYPED}) AND ${notDeletedSql('u')}
        ORDER BY ${BEGINS_WITH_TYPED}, id
        LIMIT $2`,
};

interface FoundPeer extends Profile {
  is_shown: boolean;
  seen_at: string | null;
}

/**
 * Users with whom $1 has a chat (with messages that $1 may see) and whose name contains $2, at most $3; whether their
 * presence is shown to $1, else when they were last seen.
 */
const SEARCH_PEERS: Statement = {
  name: 'users-search-peers',
  sql: `WITH typed AS (${typedSql('$2')})
        SELECT u.id, u.username, u.display_name, u.avatar, peer.is_shown, peer.seen_at
        FROM (${peersSql('a', 'b')} UNION ALL ${peersSql('b', 'a')}) peer JOIN users u ON u.id = peer.id
        WHERE (${NAME_HAS_TYPED}) AND ${notDeletedSql('u')}
        ORDER BY ${BEGINS_WITH_TYPED}, u.id
        LIMIT $3`,
};

/** SQL: the peers of $1 where $1 is on the side `mine`. */
function peersSql(mine: Side, side: Side): string {
  return `SELECT user_${side}_id AS id, ${presenceShownSql(side, 'r')} AS is_shown,
            CASE WHEN privacy_${mine} & ${FROZEN} = 0 THEN freeze_${side}->>'seen_at' END AS seen_at
          FROM rooms r
          WHERE user_${mine}_id = $1 AND privacy_${mine} & ${DECLINED} = 0 AND ${seenSeqSql(mine, 'r')} > 0`;
}

/** Users with an account whose username begins with $2, but for $1 and those of $3; an exact match first, at most $4. */
const SEARCH_STRANGERS: Statement = {
  name: 'users-search-strangers',
  sql: `SELECT u.id, u.username, u.display_name, u.avatar
        FROM users u JOIN accounts a ON a.user_id = u.id AND a.disabled_at IS NULL
        WHERE lower(u.username) LIKE lower($2) || '%' AND u.id <> $1 AND u.id <> ALL ($3::bigint[])
        ORDER BY length(u.username), lower(u.username)
        LIMIT $4`,
};

const BY_IDS: Statement = {
  name: 'users-by-ids',
  sql: `SELECT id, username, display_name, avatar FROM users WHERE id = ANY ($1::bigint[])`,
};

const CREATE: Statement = {
  name: 'user-create',
  sql: `INSERT INTO users (username, display_name) VALUES ($1, $1) RETURNING id, username, display_name`,
};

/**
 * Profiles of users. `search` and `create` take no current user, because in simulation a client calls them before it has
 * one: it lists the users to choose the one that it acts as, and creates the first. Each user is visible to everyone
 * there, so there is no permission to check.
 */
@Injectable()
export class UsersService implements OnModuleDestroy {
  /**
   * A profile that changes is read again, on every server (`publishChanged`), and never dropped for that: what is at hand
   * stays so. Concurrent requests for a profile share one read.
   */
  readonly #profiles = new LRUCache<UserId, Profile>({
    max: 50_000,
    // Undefined, for a user who does not exist, is not kept.
    fetchMethod: async (id) => (await this.#reads.add(id)) ?? undefined,
    // A waiting request gets its profile even if the cache has evicted it meanwhile.
    ignoreFetchAbort: true,
  });
  readonly #reads: Batcher<UserId, Profile | null>;
  /** Changed profiles that could not be read, and the timer of the next attempt. */
  readonly #stale = new Set<UserId>();
  #timer: NodeJS.Timeout | null = null;
  /** Users whose change was broadcast a moment ago, perhaps to nobody. */
  readonly #published = new LRUCache<UserId, true>({ max: MAX_REPEATED, ttl: REPEATED_MS });

  constructor(
    private readonly database: Database,
    private readonly presence: PresenceStore,
    private readonly strangers: StrangerLimits,
    private readonly bus: EventBus,
  ) {
    bus.onBroadcast('profilesChanged', ({ userIds }) => void this.#refresh(userIds as UserId[]));
    bus.onMissedEvents((userIds) => {
      if (userIds === null) void this.#refresh([...this.#profiles.keys()]);
    });
    bus.onPublishFailed(() => {
      const userIds = [...this.#published.keys()];
      if (userIds.length > 0) bus.broadcast('profilesChanged', { userIds });
    });
    // Handshakes bypass the sync queue: they must not wait behind other clients' catch-up reads.
    this.#reads = new Batcher((ids) => this.#read(ids));
  }

  /**
   * Users whose name contains the text, without regard to case and accents, at most `limit`.
   * @throws ChatError `unavailable` when too many search at once.
   */
  async search(text: string, limit: number): Promise<User[]> {
    const profiles = await this.database.searchLimit.run(() =>
      text === ''
        ? this.database.query<Profile>(ALL, [limit])
        : this.database.query<Profile>(SEARCH, [text, limit]),
    );
    return profiles.map((profile) => this.withPresence(profile));
  }

  /**
   * What one user may find of the others: the people of the user's chats whose name contains the text, as `search` does, and strangers whose
   * username is or begins with it, at most {@link MAX_FOUND_USERS} of them, from {@link MIN_SEARCH_LENGTH} characters on.
   * @throws ChatError `unavailable` when too many search at once, `rate_limited` when the user has searched too often.
   */
  async searchAs(userId: UserId, text: string, limit: number): Promise<User[]> {
    return this.database.searchLimit.run(async () => {
      const peers = await this.database.query<FoundPeer>(SEARCH_PEERS, [userId, text, limit]);
      const found = peers.map((peer) =>
        peer.is_shown ? this.withPresence(peer) : this.#offline(peer, peer.seen_at),
      );
      const left = Math.min(MAX_FOUND_USERS, limit - peers.length);
      if (textLength(text) < MIN_SEARCH_LENGTH || left === 0) return found;
      await this.strangers.countSearch(userId);
      const ids = peers.map(({ id }) => id);
      const pattern = text.replace(/[\\%_]/g, '\\$&');
      const strangers = await this.database.query<Profile>(SEARCH_STRANGERS, [userId, pattern, ids, left]);
      return [...found, ...strangers.map((profile) => this.withoutPresence(profile))];
    });
  }

  /** @throws ChatError `conflict` when the name is taken, in whatever case. */
  async create(username: string): Promise<User> {
    try {
      const [profile] = await this.database.query<Profile>(CREATE, [username]);
      if (!profile) throw new Error('The new user came back without a row.');
      return this.withPresence(profile);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const message = 'is taken';
      throw new ChatError('conflict', `username: ${message}`, { fields: [{ field: 'username', message }] });
    }
  }

  /** @throws ChatError `not_found`. */
  async get(id: UserId): Promise<User> {
    const [profile] = await this.profiles([id]);
    if (!profile) throw noSuchUser();
    return this.withPresence(profile);
  }

  /**
   * Profiles of the users that exist, in the order of the ids, each without a statement when it is known, the others in as
   * few statements as possible.
   */
  async profiles(ids: readonly UserId[]): Promise<Profile[]> {
    const profiles = await Promise.all(ids.map((id) => this.#profiles.get(id) ?? this.#profiles.fetch(id)));
    return profiles.filter((profile) => profile !== undefined);
  }

  /** The profile if it is at hand: the hot path asks first, and loads only when it must. */
  known(id: UserId): Profile | undefined {
    return this.#profiles.get(id);
  }

  /** To be called after the commit of a change: every server reads the profile again, this one before the call resolves. */
  async publishChanged(userId: UserId): Promise<void> {
    this.#published.set(userId, true);
    this.bus.broadcast('profilesChanged', { userIds: [userId] });
    await this.#refresh([userId]);
  }

  /** Every server knows it of users whose account was deleted since it started. */
  isKnownDeleted(id: UserId): boolean {
    const profile = this.known(id);
    return profile !== undefined && isDeleted(profile);
  }

  withPresence(profile: Profile): User {
    return toUser(profile, isDeleted(profile) ? OFFLINE : this.presence.of(profile.id));
  }

  /** The user as somebody sees it who shares no chat with it. */
  withoutPresence(profile: Profile): User {
    return this.#offline(profile, null);
  }

  /** The user with the presence that somebody may see. */
  withShown(profile: Profile, shown: ShownPresence): User {
    return shown === 'live' ? this.withPresence(profile) : this.#offline(profile, shown.lastSeen);
  }

  #offline(profile: Profile, lastSeen: string | null): User {
    return toUser(profile, isDeleted(profile) ? OFFLINE : this.presence.offlineSince(lastSeen));
  }

  onModuleDestroy(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Never rejects: what cannot be read now is read later. The reads are in turn: the last to arrive is the newest. */
  async #refresh(ids: readonly UserId[]): Promise<void> {
    const refreshed = ids.map(async (id) => {
      const profile = await this.#reads.add(id);
      if (profile) this.#profiles.set(id, profile);
    });
    const results = await Promise.allSettled(refreshed);
    const failed = results.flatMap(({ status }, i) => (status === 'rejected' ? ids[i]! : []));
    if (failed.length === 0) return;
    for (const id of failed) this.#stale.add(id);
    this.#timer ??= setTimeout(() => {
      const stale = [...this.#stale];
      this.#stale.clear();
      this.#timer = null;
      void this.#refresh(stale);
    }, RETRY_MS).unref();
  }

  async #read(ids: UserId[]): Promise<(Profile | null)[]> {
    const profiles = await this.database.query<Profile>(BY_IDS, [ids]);
    const byId = new Map(profiles.map((profile) => [profile.id, profile]));
    return ids.map((id) => byId.get(id) ?? null);
  }
}

const OFFLINE = { online: false, last_seen: null } as const;

function toUser(profile: Profile, { online, last_seen }: Pick<User, 'online' | 'last_seen'>): User {
  const { id, username, display_name, avatar } = profile;
  const user: User = { id, username, display_name, online, last_seen };
  if (isDeleted(profile)) user.deleted = true;
  else if (avatar) user.avatar = `/api/users/${id}/avatar/${avatar}/`;
  return user;
}
