import type { RoomId, UserId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CONFIG, type Config } from '../config/config.js';

/** Allows one `typing` per user, room and interval. In memory only, like typing itself. */
@Injectable()
export class TypingThrottle {
  readonly #last = new LRUCache<string, number>({ max: 50_000 });

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  passes(userId: UserId, roomId: RoomId, now = performance.now()): boolean {
    const key = `${userId}/${roomId}`;
    const last = this.#last.get(key);
    if (last !== undefined && Math.abs(now - last) < this.config.limits.typingIntervalMs) return false;
    this.#last.set(key, now);
    return true;
  }
}
