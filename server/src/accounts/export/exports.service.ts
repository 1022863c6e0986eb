import { Injectable, Logger } from '@nestjs/common';
import {
  hasExpired,
  type Attachment,
  type ExportProgress,
  type Message,
  type Room,
  type RoomId,
  type Seq,
  type UserId,
} from '@parley/shared';
import type { Readable } from 'node:stream';
import { AttachmentsService } from '../../attachments/attachments.service.js';
import type { Session } from '../../auth/sessions.service.js';
import { ConcurrencyLimit } from '../../database/concurrency-limit.js';
import { Database } from '../../database/database.js';
import { ChatError } from '../../errors/chat-error.js';
import { InboxService } from '../../inbox/inbox.service.js';
import { errorFields } from '../../logging/log-line.js';
import { PagesService } from '../../messages/pages.service.js';
import { AvatarsService } from '../../profiles/avatars.service.js';
import { AccountDataService } from './account-data.service.js';
import { Archive } from './archive.js';
import { chatPage, fileName, indexPage, pageName, type ExportedChat } from './export-page.js';
import * as sql from './export.sql.js';

/** Exports of one user that may begin within an hour. */
const PER_HOUR = 5;
/** Messages in one file of the archive, and in memory at a time. */
const MESSAGES_PER_FILE = 1_000;
const ROOMS_PER_READ = 200;
/** Interval of the checks whether the session is still valid, which note the progress too, in milliseconds. */
const ADVANCE_MS = 500;

interface State extends ExportProgress {
  wait_ms: number | null;
}

export function exportRunning(): ChatError {
  return new ChatError('conflict', 'An export of yours is running already.');
}
export function tooManyExports(retryAfterMs: number): ChatError {
  return new ChatError('rate_limited', `More than ${PER_HOUR} exports within an hour.`, { retryAfterMs });
}

/** All data of a user as one archive, in pages: what is read of it is no more than a page, however slow the client is. */
@Injectable()
export class ExportsService {
  readonly #logger = new Logger('Accounts');
  /** Of the reads of all exports, so that the other connections stay free for sending. */
  readonly #reads = new ConcurrencyLimit(2, 200);

  constructor(
    private readonly database: Database,
    private readonly accounts: AccountDataService,
    private readonly inbox: InboxService,
    private readonly pages: PagesService,
    private readonly attachments: AttachmentsService,
    private readonly avatars: AvatarsService,
  ) {}

  /**
   * Begins an export. The archive ends early when the session does.
   * @throws ChatError `conflict` while another one of the user runs; `rate_limited`.
   */
  async start(session: Session): Promise<Readable> {
    const { userId } = session;
    const chats = await this.#chats(userId);
    const total = chats.reduce((sum, { messages }) => sum + messages, 0);
    const [started] = await this.database.query<{ run: number }>(sql.START, [userId, total, PER_HOUR]);
    if (!started) {
      const state = await this.#state(userId);
      throw !state || state.running ? exportRunning() : tooManyExports(state.wait_ms ?? 0);
    }
    const archive = new Archive();
    void this.#write(archive, session, started.run, chats);
    return archive.stream;
  }

  async progress(userId: UserId): Promise<ExportProgress> {
    const state = await this.#state(userId);
    if (!state) return { running: false, messages: 0, total: 0 };
    const { running, messages, total } = state;
    return { running, messages, total };
  }

  /** Never rejects: what goes wrong ends the archive, so that it is not taken for a whole one. */
  async #write(
    archive: Archive,
    session: Session,
    run: number,
    chats: readonly ExportedChat[],
  ): Promise<void> {
    const { userId } = session;
    let advancedAt = performance.now();
    let done = 0;
    const advance = async () => {
      const values = [userId, run, done, session.id];
      if ((await this.database.query(sql.ADVANCE, values)).length === 0)
        throw new Error('The session has ended.');
      advancedAt = performance.now();
    };
    try {
      await this.#writeAccount(archive, session, chats);
      for (const chat of chats) {
        const files = Math.max(1, Math.ceil(chat.messages / MESSAGES_PER_FILE));
        for (let file = 1; file <= files; file++) {
          const all = await this.#messages(userId, chat.id as RoomId, (file - 1) * MESSAGES_PER_FILE);
          const messages = all.filter((message) => !hasExpired(message));
          const path = `chats/${chat.id}/${pageName(file)}`;
          await archive.add(`${path}.html`, chatPage(userId, chat.peer, messages, file, files));
          await archive.add(`${path}.json`, `${JSON.stringify(messages.map(withoutUsers), null, 1)}\n`);
          for (const { attachments } of messages) {
            for (const attachment of attachments) {
              await this.#addFile(archive, userId, attachment);
              if (performance.now() - advancedAt > ADVANCE_MS) await advance();
            }
          }
          done += all.length;
          if (performance.now() - advancedAt > ADVANCE_MS) await advance();
        }
      }
      await advance();
      // Before the client has the end of the archive, so that it may begin the next one.
      await this.#end(userId, run);
      archive.end();
    } catch (error) {
      this.#logger.debug({ msg: 'An export has ended early', ...errorFields(error) });
      archive.fail(error instanceof Error ? error : new Error('The export failed.'));
      await this.#end(userId, run).catch(() => undefined);
    }
  }

  /** The file of an attachment; where the storage has lost it, a note in its place. */
  async #addFile(archive: Archive, userId: UserId, attachment: Attachment): Promise<void> {
    const path = fileName(attachment);
    try {
      const file = await this.attachments.file(attachment.id, userId);
      await archive.addFile(path, await this.attachments.read(file, 'file'));
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'not_found') throw error;
      await archive.add(`${path}.missing.txt`, 'The server does not have this file any more.\n');
    }
  }

  async #end(userId: UserId, run: number): Promise<void> {
    await this.database.query(sql.END, [userId, run]);
  }

  async #writeAccount(archive: Archive, session: Session, chats: readonly ExportedChat[]): Promise<void> {
    const data = await this.accounts.of(session);
    const exportedAt = new Date().toISOString();
    await archive.add('index.html', indexPage(data.user, data.account.created_at, exportedAt, chats));
    const content = { exported_at: exportedAt, ...data, chats };
    await archive.add('account.json', `${JSON.stringify(content, null, 1)}\n`);
    const avatar = await this.avatars.own(session.userId);
    if (avatar) await archive.addFile('avatar.webp', avatar);
  }

  /** The chats as the user sees them. */
  async #chats(userId: UserId): Promise<ExportedChat[]> {
    const chats: ExportedChat[] = [];
    let before: RoomId | null = null;
    for (;;) {
      const last: RoomId | null = before;
      const rooms: Room[] = await this.#reads.run(() => this.inbox.list(userId, ROOMS_PER_READ, last));
      for (const { id, users, last_seq, listing = null } of rooms) {
        const peer = users[0].id === userId ? users[1] : users[0];
        chats.push({ id, peer, messages: last_seq, listing });
      }
      if (rooms.length < ROOMS_PER_READ) return chats;
      before = rooms.at(-1)!.id as RoomId;
    }
  }

  /** Oldest first, as the history shows them to the user. */
  async #messages(userId: UserId, roomId: RoomId, after: number): Promise<Message[]> {
    const query = { after: after as Seq, page_size: MESSAGES_PER_FILE };
    const { results } = await this.#reads.run(() => this.pages.page(userId, roomId, query, NO_URL));
    return results.toReversed();
  }

  async #state(userId: UserId): Promise<State | null> {
    const [state] = await this.database.query<State>(sql.STATE, [userId]);
    return state ?? null;
  }
}

/** The links to neighbouring pages are not used. */
const NO_URL = new URL('http://localhost/');

/** A message with the ids of its users, who are in account.json. */
function withoutUsers({ sender, receiver, ...message }: Message): object {
  return { ...message, sender_id: sender.id, receiver_id: receiver.id };
}
