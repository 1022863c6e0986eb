import { join } from 'node:path';
import { run, type Run } from '../launch/processes.js';

const SCRIPT = join(__dirname, 'attack-process.mjs');

/** See attack-process.mjs. */
export interface Attack {
  port: number;
  path: string;
  sockets: number;
  opcode: number;
  payload: string;
  perSecond: number;
  total: number;
  reads: boolean;
}

type Said = { event: 'closed'; sent: number; afterMs: number } | { event: 'sent all'; sent: number };

/** The attack under way, and what it has come to so far. */
export class Attacker {
  readonly #run: Run;

  constructor(attack: Attack) {
    this.#run = run(process.execPath, [SCRIPT, JSON.stringify(attack)]);
  }

  /** Sockets that have been closed: how many frames each sent, and when it ended, in ms since the start. */
  get closed(): Extract<Said, { event: 'closed' }>[] {
    const said = this.#run
      .output()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Said);
    return said.filter((line) => line.event === 'closed');
  }

  async stop(): Promise<void> {
    this.#run.child.kill('SIGKILL');
    await this.#run.ended;
  }
}
