import { Inject, Injectable } from '@nestjs/common';
import type { UserId } from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import { SharedLimits, type SharedBuckets, type SharedWindow } from '../limits/shared-limits.js';

const HOUR_MS = 3_600_000;
/** Searches among people whom the user does not know: one for each pause in typing a name. */
const SEARCHES = { burst: 100, perSecond: 300 / 3_600 };

/**
 * How many people who are new to it a user may get to know in a time, on all servers together (accounts). Ids are
 * consecutive and names have a beginning, so that without these limits a program could list all users, or write to them all.
 */
@Injectable()
export class StrangerLimits {
  /** Null: no limits. */
  readonly #chats: SharedWindow | null;
  readonly #searches: SharedBuckets | null;

  constructor(@Inject(CONFIG) { accounts, limits: { rates } }: Config, limits: SharedLimits) {
    const isLimited = accounts !== null && rates !== null;
    this.#chats = isLimited ? limits.window('new-chats', HOUR_MS, rates.newChatsPerHour) : null;
    this.#searches = isLimited ? limits.buckets('people-search', SEARCHES) : null;
  }

  /** To be called before a chat is opened that does not exist for the user, also with nobody. @throws ChatError `rate_limited`. */
  async countChat(userId: UserId): Promise<void> {
    refuseIf(await this.#chats?.take(String(userId)), 'Too many new chats within an hour.');
  }

  /** To be called before strangers are searched. @throws ChatError `rate_limited`. */
  async countSearch(userId: UserId): Promise<void> {
    refuseIf(await this.#searches?.take(String(userId)), 'Too many searches for people.');
  }
}

function refuseIf(retryAfterMs: number | undefined, message: string): void {
  if (retryAfterMs) throw new ChatError('rate_limited', message, { retryAfterMs });
}
