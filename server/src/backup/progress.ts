import type { BackupTable } from './backup-file.js';

const REPORT_MS = 5_000;

/** Reports the progress of long work, every few seconds. */
export class Progress {
  #done = new Map<string, number>();
  #reported = Date.now();

  constructor(
    private readonly title: string,
    private readonly tables: readonly BackupTable[],
    private readonly report: (line: string) => void,
  ) {}

  add(table: string, rows: number): void {
    const done = (this.#done.get(table) ?? 0) + rows;
    this.#done.set(table, done);
    if (Date.now() - this.#reported < REPORT_MS) return;
    this.#reported = Date.now();
    const total = this.tables.find(({ name }) => name === table)?.rows ?? 0;
    const percent = Math.floor((100 * done) / Math.max(total, 1));
    this.report(`${this.title} ${table}: ${count(done)} of ${count(total)} rows (${percent} %)`);
  }
}

/** The number of rows of each table, as text. */
export const summary = (tables: readonly BackupTable[]) =>
  tables.map(({ name, rows }) => `${name}: ${count(rows)}`).join(', ');

/** A number with separators of thousands. */
export const count = (rows: number) => rows.toLocaleString('en-US');
