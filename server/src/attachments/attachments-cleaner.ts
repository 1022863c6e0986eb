import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { isOutage } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { errorFields } from '../logging/log-line.js';
import { removeExpired } from './clean-up.js';
import { FILE_STORAGE, type FileStorage } from './storage/file-storage.js';

/** How often a server removes what is expired, in milliseconds. */
const INTERVAL_MS = 60_000;

/** Removes the files of uploads that were never sent, and of messages that are removed. Each server does it. */
@Injectable()
export class AttachmentsCleaner implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger('Attachments');
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    @Inject(FILE_STORAGE) private readonly storage: FileStorage,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#run().finally(() => (this.#running = null));
    }, INTERVAL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await removeExpired(this.database, this.storage, this.#stop.signal);
    } catch (error) {
      const level = isOutage(error) ? 'debug' : 'warn';
      this.#logger[level]({ msg: 'Expired files could not be removed', ...errorFields(error) });
    }
  }
}
