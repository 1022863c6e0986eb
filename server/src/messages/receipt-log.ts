import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CONFIG, type Config } from '../config/config.js';
import { Batcher, type Outcome } from '../database/batcher.js';
import { noSuchRoom } from '../errors/chat-error.js';
import { Metrics } from '../metrics/metrics.js';
import type { Mark, Marked, Moved } from './mark.js';
import { MARK } from './message-log.sql.js';
import { ReceiptPace } from './receipt-pace.js';
import type { RoomHead } from './room-head.js';

interface MarkRow extends RoomHead {
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
  readonly #commits: Batcher<Mark, Marked>;
  /** Null: nobody is held back. */
  readonly #pace: ReceiptPace | null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const onBatch = metrics.groupCommit('receipts', () => this.#commits.depth);
    this.#commits = new Batcher((marks) => this.#write(marks), { onBatch });
    const rates = config.limits.rates;
    this.#pace = rates && new ReceiptPace(rates.receipts, (mark) => this.#commits.add(mark));
  }

  mark(mark: Mark): Promise<Marked> {
    return this.#pace?.mark(mark) ?? this.#commits.add(mark);
  }

  /** Resolves when nothing is held back or in flight. */
  drain(): Promise<void> {
    this.#pace?.flush();
    return this.#commits.drain();
  }

  async #write(marks: Mark[]): Promise<Outcome<Marked>[]> {
    const rows = await this.database.query<MarkRow>(MARK, [
      marks.map((mark) => mark.roomId),
      marks.map((mark) => mark.userId),
      marks.map((mark) => (mark.kind === 'read' ? mark.seq : 0)),
      marks.map((mark) => mark.seq),
    ]);
    const byRoom = new Map(rows.map((row) => [row.id, row]));
    const told = new Set<number>();
    return marks.map((mark) => {
      const row = byRoom.get(mark.roomId);
      if (!row) return noSuchRoom();
      const moved = told.has(row.id) ? [] : movedIn(row);
      told.add(row.id);
      return { head: headAfter(row), moved };
    });
  }
}

/** In the order in which MARK counts them into `rev`. A read mark carries its delivered mark along. */
function movedIn(row: MarkRow): Moved[] {
  if (row.new_rev === null) return [];
  const moved: Moved[] = [];
  let rev = row.rev;
  for (const side of ['a', 'b'] as const) {
    const userId = row[`user_${side}_id`];
    const read = row[`new_read_seq_${side}`];
    const delivered = row[`new_delivered_seq_${side}`];
    if (read > row[`read_seq_${side}`]) {
      moved.push({ kind: 'read', userId, seq: read, messageId: row[`read_id_${side}`], rev: ++rev });
    }
    if (delivered > Math.max(row[`delivered_seq_${side}`], read)) {
      const messageId = row[`delivered_id_${side}`];
      moved.push({ kind: 'delivered', userId, seq: delivered, messageId, rev: ++rev });
    }
  }
  return moved;
}

function headAfter(row: MarkRow): RoomHead {
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
