import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import type { MessageRow } from './message-row.js';

/** When messages disappear: by the timer that their chat had, or by RETENTION_DAYS, whichever is earlier. In SQL: rooms/expiry.sql.ts. */
@Injectable()
export class Expiry {
  readonly #retentionMs: number | null;

  constructor(@Inject(CONFIG) { retentionMs }: Config) {
    this.#retentionMs = retentionMs;
  }

  /** Milliseconds since the epoch; null: never. */
  of({ created_at, expires_at }: Pick<MessageRow, 'created_at' | 'expires_at'>): number | null {
    const own = expires_at === null ? Infinity : expires_at.getTime();
    const servers = this.#retentionMs === null ? Infinity : created_at.getTime() + this.#retentionMs;
    const earlier = Math.min(own, servers);
    return earlier === Infinity ? null : earlier;
  }

  /** Whether the time of the message is over. */
  isOver(row: Pick<MessageRow, 'created_at' | 'expires_at'>, now = Date.now()): boolean {
    const expiresAt = this.of(row);
    return expiresAt !== null && expiresAt <= now;
  }

  /** The message as it may be shown now: without its content when its time is over, whether that is removed by then or not. */
  shown(row: MessageRow, now = Date.now()): MessageRow {
    const expiresAt = this.of(row);
    if (expiresAt === null || expiresAt > now) return row;
    const deletedAt = new Date(Math.max(expiresAt, row.deleted_at?.getTime() ?? 0));
    return {
      ...row,
      text: '',
      edited_at: null,
      deleted_at: deletedAt,
      reactions: null,
      attachments: null,
      reply_to: null,
    };
  }
}
