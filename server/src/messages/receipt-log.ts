import type { MessageId, Rev, RoomId, Seq } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher, type Outcome } from '../database/batcher.js';
import { noSuchRoom } from '../errors/chat-error.js';
import { Metrics } from '../metrics/metrics.js';
import type { ReceiptChange, ReceiptKind, ReceiptResult, ReceiptUpdate } from './receipt-update.js';
import { PRIVATE, UPDATE_RECEIPTS, type ReceiptRow } from './receipt-log.sql.js';
import { ReceiptPace } from './receipt-pace.js';
import { UnknownOutcomes } from './unknown-outcomes.js';
import { freezeOf, privacyOf } from '../rooms/room-state.js';

/** Read and delivered watermarks, coalesced by group commit: marking 10,000 messages is one write of one row. */
@Injectable()
export class ReceiptLog {
  readonly #commits: Batcher<ReceiptUpdate, ReceiptResult>;
  /** Null: no limit. */
  readonly #pace: ReceiptPace | null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly database: Database,
    metrics: Metrics,
    outcomes: UnknownOutcomes,
  ) {
    const onBatch = metrics.groupCommit('receipts', () => this.#commits.depth);
    this.#commits = new Batcher((updates) => this.#write(updates), {
      onBatch,
      onUnknownOutcome: (updates) => outcomes.add(updates),
    });
    const rates = config.limits.rates;
    this.#pace = rates && new ReceiptPace(rates.receipts, (update) => this.#commits.add(update));
  }

  update(update: ReceiptUpdate): Promise<ReceiptResult> {
    return this.#pace?.update(update) ?? this.#commits.add(update);
  }

  /** Resolves when nothing is held back or in flight. */
  drain(): Promise<void> {
    this.#pace?.flush();
    return this.#commits.drain();
  }

  async #write(updates: ReceiptUpdate[]): Promise<Outcome<ReceiptResult>[]> {
    const rows = await this.database.query<ReceiptRow>(UPDATE_RECEIPTS, [
      updates.map((update) => update.roomId),
      updates.map((update) => update.userId),
      updates.map((update) => (update.kind === 'read' ? update.seq : 0)),
      updates.map((update) => update.seq),
    ]);
    const byRoom = new Map(rows.map((row) => [row.id, row]));
    const reported = new Set<RoomId>();
    return updates.map((update) => {
      const row = byRoom.get(update.roomId);
      if (!row) return noSuchRoom();
      const changes = reported.has(row.id) ? [] : changesIn(row);
      reported.add(row.id);
      return { room: row, changes };
    });
  }
}

/**
 * In the order in which UPDATE_RECEIPTS counts them. A read watermark takes the delivered one along; where only the member
 * sees the read one, the delivered one is a change of its own.
 */
function changesIn(row: ReceiptRow): ReceiptChange[] {
  const changes: ReceiptChange[] = [];
  let shared: number = row.rev_before;
  const [ownA, ownB] = row.private_revs_before ?? [0, 0];
  const own = { a: ownA, b: ownB };
  for (const side of ['a', 'b'] as const) {
    const userId = row[`user_${side}_id`];
    const read = row[`read_seq_${side}`];
    const delivered = row[`delivered_seq_${side}`];
    const privacy = privacyOf(row, userId);
    const isPrivate = {
      read: (privacy & PRIVATE.read) !== 0,
      delivered: (privacy & PRIVATE.delivered) !== 0,
    };
    const add = (kind: ReceiptKind, seq: Seq, messageId: MessageId) => {
      if (isPrivate[kind]) own[side] += 1;
      else shared += 1;
      const end = freezeOf(row, userId)?.rev ?? shared;
      const revs = {
        a: ((side === 'a' ? end : shared) + own.a) as Rev,
        b: ((side === 'b' ? end : shared) + own.b) as Rev,
      };
      changes.push({ kind, userId, seq, messageId, revs, isPrivate: isPrivate[kind] });
    };
    const before = row[`delivered_seq_${side}_before`];
    if (read > row[`read_seq_${side}_before`]) add('read', read, row[`read_id_${side}`]);
    const known = isPrivate.read && !isPrivate.delivered ? before : Math.max(before, read);
    if (delivered > known) add('delivered', delivered, row[`delivered_id_${side}`]);
  }
  return changes;
}
