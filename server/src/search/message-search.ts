import { fold, type RoomId, type UserId } from '@parley/shared';
import type { Database } from '../database/database.js';
import { groupBy } from '../database/group-by.js';
import { FROM_A, FROM_B, rangesOf, type GramRange } from './grams.js';
import { readPage, type PostingsPage } from './postings.js';
import * as sql from './search.sql.js';
import { Turns } from './turns.js';

/** Grams of the query of which the rarest are found out; and those that are looked up then. */
const MAX_RANGES = 8;
const MAX_RAREST = 3;
/** Candidates that are tested at once rather than narrowed down by more grams. */
const FEW_CANDIDATES = 2;
/**
 * The newest messages of a unit are read without the index as long as one in `frequency` of those that were read is a hit, at most
 * `most` of them: for a frequent query this takes less than its long lists.
 */
const SCAN = { most: 1_000, frequency: 20 };
/** Messages of a unit that are tested at first: each time it is visited again, four times as many. */
const FIRST_CHUNK = 8;
/** Units that are read in one statement: at first, at most, and how many times more than before. */
const WIDTH = { first: 8, most: 512, growth: 8 };
/** A step that reads more pages than this is followed by a smaller one. */
const PAGES_PER_STEP = 600;
/** Most messages that one step tests. A step that takes longer than this many milliseconds is followed by one with half as many. */
const TESTED = { most: 2_000, least: 50, ms: 100 };
/** Of each room, so many changes since it was indexed are searched for edits. */
const MAX_EDITS = 500;

/** What one request may cost. Then it returns what it has found, and a cursor that continues. */
export interface SearchBudget {
  /** Messages that are tested, and pages of the index that are read. */
  messages: number;
  pages: number;
  ms: number;
}

/** What is searched for. */
export interface Wanted {
  /** Folded, not empty. */
  query: string;
  senderId: UserId | null;
  /** The id of a message: only older ones. Infinity: none. */
  cursor: number;
  after: Date;
  before: Date;
}

/** A room, and the part of it that is searched: seq `low` to `high`. */
export interface SearchedPart {
  room: sql.SearchedRoom;
  segments: readonly sql.SegmentTuple[];
  low: number;
  high: number;
  /** Of the message at `high`, or more. */
  lastId: number;
  /** The revision at which the user's view of the room is frozen: later edits do not exist for it. NOT_FROZEN: it is not. */
  freezeRev: number;
  /** Changes after this revision are not in the index, or not in this view of the room. Null: there are none. */
  changedSince: number | null;
}

/** Beyond all revisions. */
export const NOT_FROZEN = Number.MAX_SAFE_INTEGER;

/** A hit. */
export interface Found {
  id: number;
  roomId: RoomId;
  seq: number;
}

/** A segment of the index, or the end of a room that is in none. */
interface Unit {
  part: SearchedPart;
  segment: { id: number; firstSeq: number; lastSeq: number } | null;
  low: number;
  /** The highest seq that is still to be tested. */
  high: number;
  /** No message that is still to be tested has a higher id. */
  upper: number;
  /** Seqs still to be tested, the highest first. Null: not looked up, so all are. */
  candidates: number[] | null;
  /** Messages that were read without the index. */
  scanned: number;
  /** Messages that the next step tests. */
  chunk: number;
}

/**
 * One search. The index gives candidates, and each of them is tested by its text as it is stored at that moment; so nothing is
 * found that was removed. Units are visited from the newest message on, and the search ends as soon as no unit can
 * have a newer hit than the last one of the page. What is frequent is found at once therefore, and what is rare has few candidates.
 */
export class MessageSearch {
  readonly #found = new Map<number, Found>();
  #ranges: GramRange[];
  #units: Unit[] = [];
  #tested = 0;
  #mostTested = TESTED.most;
  #pages = 0;

  constructor(
    private readonly database: Database,
    private readonly wanted: Wanted,
    private readonly limit: number,
    private readonly budget: SearchBudget,
  ) {
    this.#ranges = rangesOf(wanted.query, MAX_RANGES);
  }

  /** @returns the hits, newest first, at most `limit`; and the cursor with which the search goes on, null at its end. */
  async run(parts: readonly SearchedPart[]): Promise<{ hits: Found[]; next: number | null }> {
    const deadline = performance.now() + this.budget.ms;
    await this.#findEdited(parts);
    this.#units = parts.flatMap(unitsOf);
    let width = WIDTH.first;
    for (;;) {
      this.#units = this.#units.filter(isUnfinished).toSorted((x, y) => y.upper - x.upper);
      const hits = [...this.#found.values()].toSorted((x, y) => y.id - x.id);
      // One more than asked for shows that there is a next page.
      const last = hits[this.limit]?.id ?? -1;
      const open = this.#units.filter(({ upper }) => upper > last);
      const [newest] = open;
      if (!newest) {
        const page = hits.slice(0, this.limit);
        return { hits: page, next: hits.length > page.length ? page.at(-1)!.id : null };
      }
      const isSpent = this.#tested >= this.budget.messages || this.#pages >= this.budget.pages;
      if (isSpent || performance.now() >= deadline) {
        // Whatever is newer than all open units was searched.
        const page = hits.filter(({ id }) => id > newest.upper).slice(0, this.limit);
        const isFull = page.length === this.limit;
        return { hits: page, next: isFull ? page.at(-1)!.id : newest.upper + 1 };
      }
      const pages = this.#pages;
      await this.#step(open.slice(0, width));
      const isSmall = this.#pages - pages < PAGES_PER_STEP / WIDTH.growth;
      width = isSmall
        ? Math.min(WIDTH.most, width * WIDTH.growth)
        : Math.max(WIDTH.first, Math.ceil(width / 2));
    }
  }

  async #step(units: Unit[]): Promise<void> {
    const isFrequent = this.#found.size * SCAN.frequency >= this.#tested;
    await this.#lookUp(
      units.filter(
        ({ segment, candidates, scanned }) =>
          segment !== null && candidates === null && (!isFrequent || scanned >= SCAN.most),
      ),
    );
    await this.#test(units.filter(isUnfinished));
  }

  /** Finds the candidates of segments. The first time, all grams are looked up, which shows which of them are the rarest. */
  async #lookUp(units: Unit[]): Promise<void> {
    if (units.length === 0) return;
    const isFirst = this.#pages === 0;
    const [rarest, ...others] = this.#ranges as [GramRange, ...GramRange[]];
    const rangesOfUnit = (unit: Unit, ranges: GramRange[]) =>
      this.wanted.senderId === null ? ranges : [...ranges, this.#senderRange(unit, this.wanted.senderId)];
    if (isFirst) {
      const counts = await this.#narrow(units, (unit) => rangesOfUnit(unit, this.#ranges));
      this.#ranges = this.#ranges
        .toSorted((x, y) => (counts.get(x) ?? 0) - (counts.get(y) ?? 0))
        .slice(0, MAX_RAREST);
    } else {
      await this.#narrow(units, (unit) => rangesOfUnit(unit, [rarest]));
      const many = units.filter(({ candidates }) => candidates!.length > FEW_CANDIDATES);
      if (many.length > 0 && others.length > 0) await this.#narrow(many, () => others);
    }
    for (const unit of units) {
      const { low, high } = unit;
      unit.candidates = unit.candidates!.filter((seq) => seq >= low && seq <= high);
      unit.high = unit.candidates[0] ?? low - 1;
    }
  }

  #senderRange({ part: { room } }: Unit, senderId: UserId): GramRange {
    const gram = senderId === room.user_a_id ? FROM_A : FROM_B;
    return { low: gram, high: gram };
  }

  /**
   * Keeps of the candidates of each unit (null: all messages) those that have all of its ranges.
   * @returns how many messages of the units have each range.
   */
  async #narrow(units: Unit[], rangesOfUnit: (unit: Unit) => GramRange[]): Promise<Map<GramRange, number>> {
    const lookUps = units.flatMap((unit) => rangesOfUnit(unit).map((range) => ({ unit, range })));
    const rows = await this.database.query<PostingsPage & { place: number }>(sql.PAGES, [
      lookUps.map(({ unit }) => unit.segment!.id),
      lookUps.map(({ range }) => range.low),
      lookUps.map(({ range }) => range.high),
    ]);
    // A look-up without a page is one as well.
    this.#pages += Math.max(rows.length, lookUps.length);
    const byPlace = groupBy(rows, ({ place }) => place);
    const counts = new Map<GramRange, number>();
    lookUps.forEach(({ unit, range }, i) => {
      const lists: number[][] = [];
      for (const page of byPlace.get(i + 1) ?? []) readPage(page, range, lists);
      const seqs = seqsOf(lists, unit.segment!.firstSeq);
      counts.set(range, (counts.get(range) ?? 0) + seqs.length);
      unit.candidates = unit.candidates === null ? seqs : inBoth(unit.candidates, seqs);
    });
    return counts;
  }

  /** Tests the next candidates of each unit. */
  async #test(units: Unit[]): Promise<void> {
    const [rooms, seqs, freezes] = [[] as RoomId[], [] as number[], [] as number[]];
    const [rangeRooms, lows, highs] = [[] as RoomId[], [] as number[], [] as number[]];
    const rangeFreezes: number[] = [];
    const tested: { unit: Unit; lowest: number; isPoint: boolean }[] = [];
    let left = this.#mostTested;
    for (const unit of units) {
      if (left <= 0) break;
      const chunk = Math.min(left, unit.chunk);
      if (unit.candidates) {
        const next = unit.candidates.splice(0, chunk);
        for (const seq of next) {
          rooms.push(unit.part.room.id);
          seqs.push(seq);
          freezes.push(unit.part.freezeRev);
        }
        left -= next.length;
        tested.push({ unit, lowest: next.at(-1)!, isPoint: true });
      } else {
        const lowest = Math.max(unit.low, unit.high - chunk + 1);
        rangeRooms.push(unit.part.room.id);
        lows.push(lowest);
        highs.push(unit.high);
        rangeFreezes.push(unit.part.freezeRev);
        left -= unit.high - lowest + 1;
        unit.scanned += unit.high - lowest + 1;
        tested.push({ unit, lowest, isPoint: false });
      }
      unit.chunk *= 4;
    }
    const { senderId, after, before } = this.wanted;
    const [points, ranges] = await Promise.all([
      this.#rows(sql.TEST_MESSAGES, [rooms, seqs, senderId, after, before, freezes], rooms.length),
      this.#rows(
        sql.TEST_RANGES,
        [rangeRooms, lows, senderId, after, before, rangeFreezes, highs],
        rangeRooms.length,
      ),
    ]);
    this.#tested += points.length + ranges.length;
    const ids = new Map<string, number>();
    const turns = new Turns();
    const startedAt = performance.now();
    for (const row of [...points, ...ranges]) {
      ids.set(`${row.room_id}/${row.seq}`, row.id);
      if (row.text !== null) this.#match(row.id, row.room_id, row.seq, row.text);
      if (turns.isOver) await turns.next();
    }
    if (performance.now() - startedAt > TESTED.ms) {
      this.#mostTested = Math.max(TESTED.least, Math.ceil(ids.size / 2));
    }
    for (const { unit, lowest, isPoint } of tested) {
      unit.high = isPoint ? (unit.candidates![0] ?? unit.low - 1) : lowest - 1;
      const id = ids.get(`${unit.part.room.id}/${lowest}`);
      unit.upper = Math.min(unit.upper, (id ?? unit.upper) - 1);
    }
  }

  async #rows(statement: typeof sql.TEST_RANGES, values: unknown[], wanted: number): Promise<sql.Tested[]> {
    return wanted === 0 ? [] : this.database.query<sql.Tested>(statement, values);
  }

  /** What was edited since its room was indexed: the index has the text of before. And since a view was frozen: that of after. */
  async #findEdited(parts: readonly SearchedPart[]): Promise<void> {
    const changed = parts.filter(({ changedSince }) => changedSince !== null);
    if (changed.length === 0) return;
    const rows = await this.database.query<sql.EditedRow>(sql.EDITED, [
      changed.map(({ room }) => room.id),
      changed.map(({ changedSince }) => changedSince),
      MAX_EDITS,
      changed.map(({ freezeRev }) => freezeRev),
    ]);
    const { senderId, cursor, after, before } = this.wanted;
    for (const { place, id, seq, sender_id, created_at, text } of rows) {
      const { room, low, high } = changed[place - 1]!;
      const isWanted = seq >= low && seq <= high && id < cursor && created_at >= after && created_at < before;
      if (isWanted && (senderId === null || sender_id === senderId)) this.#match(id, room.id, seq, text);
    }
  }

  #match(id: number, roomId: RoomId, seq: number, text: string): void {
    if (fold(text).includes(this.wanted.query)) this.#found.set(id, { id, roomId, seq });
  }
}

function isUnfinished({ low, high }: Unit): boolean {
  return low <= high;
}

/** The seqs of positions in any of the lists, the highest first. */
function seqsOf(lists: number[][], firstSeq: number): number[] {
  const positions = lists.length === 1 ? lists[0]! : [...new Set(lists.flat())].toSorted((x, y) => x - y);
  return positions.toReversed().map((position) => firstSeq + position);
}

/** What two lists share, both the highest first. */
function inBoth(one: number[], other: number[]): number[] {
  const both: number[] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    const difference = one[i]! - other[j]!;
    if (difference === 0) both.push(one[i]!);
    if (difference >= 0) i++;
    if (difference <= 0) j++;
  }
  return both;
}

/** The units of what is searched of a room. */
function unitsOf(part: SearchedPart): Unit[] {
  const { room, segments, low, high, lastId } = part;
  const unit = (from: number, to: number, upper: number, segment: Unit['segment']): Unit => ({
    part,
    segment,
    low: Math.max(low, from),
    high: Math.min(high, to),
    upper: Math.min(lastId, upper),
    candidates: null,
    scanned: 0,
    chunk: FIRST_CHUNK,
  });
  return [
    unit(room.indexed_seq + 1, high, Infinity, null),
    ...segments.map(([, id, firstSeq, lastSeq, last]) =>
      unit(firstSeq, lastSeq, last, { id, firstSeq, lastSeq }),
    ),
  ];
}
