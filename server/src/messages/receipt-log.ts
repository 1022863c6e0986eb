import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher, type Outcome } from '../database/batcher.js';
import { noSuchRoom } from '../errors/chat-error.js';
import { Metrics } from '../metrics/metrics.js';
import type { ReceiptUpdate, ReceiptResult, ReceiptChange } from './receipt-update.js';
import { UPDATE_RECEIPTS } from './message-log.sql.js';
import { ReceiptPace } from './receipt-pace.js';
import type { RoomState } from '../rooms/room-state.js';

interface ReceiptRow extends RoomState {
  new_rev: number | null;
  new_unread_a: number;
  new_unread_b: number;
  new_read_seq_a: number;
  new_read_seq_b: number;
  new_delivered_seq_a: number;
  new_delivered_seq_b: number;
  read_id_a: number;
  read_id_b: number;
  delivered_id_a: number;
  delivered_id_b: number;
}

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
  ) {
    const onBatch = metrics.groupCommit('receipts', () => this.#commits.depth);
    this.#commits = new Batcher((updates) => this.#write(updates), { onBatch });
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
    const reported = new Set<number>();
    return updates.map((update) => {
      const row = byRoom.get(update.roomId);
      if (!row) return noSuchRoom();
      const changes = reported.has(row.id) ? [] : changesIn(row);
      reported.add(row.id);
      return { room: stateAfter(row), changes };
    });
  }
}

/** In the order in which UPDATE_RECEIPTS counts them into `rev`. A read watermark carries the delivered one along. */
function changesIn(row: ReceiptRow): ReceiptChange[] {
  if (row.new_rev === null) return [];
  const changes: ReceiptChange[] = [];
  let rev = row.rev;
  for (const side of ['a', 'b'] as const) {
    const userId = row[`user_${side}_id`];
    const read = row[`new_read_seq_${side}`];
    const delivered = row[`new_delivered_seq_${side}`];
    if (read > row[`read_seq_${side}`]) {
      changes.push({ kind: 'read', userId, seq: read, messageId: row[`read_id_${side}`], rev: ++rev });
    }
    if (delivered > Math.max(row[`delivered_seq_${side}`], read)) {
      const messageId = row[`delivered_id_${side}`];
      changes.push({ kind: 'delivered', userId, seq: delivered, messageId, rev: ++rev });
    }
  }
  return changes;
}

function stateAfter(row: ReceiptRow): RoomState {
  const { id, user_a_id, user_b_id, last_seq, sent_a, sent_b } = row;
  const fixed = { id, user_a_id, user_b_id, last_seq, sent_a, sent_b };
  if (row.new_rev === null) {
    const { rev, read_seq_a, read_seq_b, delivered_seq_a, delivered_seq_b, unread_a, unread_b } = row;
    return { ...fixed, rev, read_seq_a, read_seq_b, delivered_seq_a, delivered_seq_b, unread_a, unread_b };
  }
  return {
    ...fixed,
    rev: row.new_rev,
    read_seq_a: row.new_read_seq_a,
    read_seq_b: row.new_read_seq_b,
    delivered_seq_a: row.new_delivered_seq_a,
    delivered_seq_b: row.new_delivered_seq_b,
    unread_a: row.new_unread_a,
    unread_b: row.new_unread_b,
  };
}
