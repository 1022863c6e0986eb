import type { Rev, RoomId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher, type Outcome } from '../database/batcher.js';
import { noSuchRoom } from '../errors/chat-error.js';
import { Metrics } from '../metrics/metrics.js';
import type { ReceiptUpdate, ReceiptResult, ReceiptChange } from './receipt-update.js';
import { UPDATE_RECEIPTS, type ReceiptRow } from './receipt-log.sql.js';
import { ReceiptPace } from './receipt-pace.js';
import { UnknownOutcomes } from './unknown-outcomes.js';

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

/** In the order in which UPDATE_RECEIPTS counts them into `rev`. A read watermark takes the delivered one along. */
function changesIn(row: ReceiptRow): ReceiptChange[] {
  const changes: ReceiptChange[] = [];
  let rev: number = row.rev_before;
  for (const side of ['a', 'b'] as const) {
    const userId = row[`user_${side}_id`];
    const read = row[`read_seq_${side}`];
    const delivered = row[`delivered_seq_${side}`];
    if (read > row[`read_seq_${side}_before`]) {
      changes.push({ kind: 'read', userId, seq: read, messageId: row[`read_id_${side}`], rev: ++rev as Rev });
    }
    if (delivered > Math.max(row[`delivered_seq_${side}_before`], read)) {
      const messageId = row[`delivered_id_${side}`];
      changes.push({ kind: 'delivered', userId, seq: delivered, messageId, rev: ++rev as Rev });
    }
  }
  return changes;
}
