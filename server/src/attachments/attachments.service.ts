import { Inject, Injectable } from '@nestjs/common';
import type { UserId } from '@parley/shared';
import type { Readable } from 'node:stream';
import { CONFIG, type Config } from '../config/config.js';
import { ConcurrencyLimit } from '../database/concurrency-limit.js';
import { Database, type Statement } from '../database/database.js';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { MembershipService } from '../rooms/membership.service.js';
import { ROOM_STATE_COLUMNS, seenBy, type RoomState } from '../rooms/room-state.js';
import * as sql from './attachments.sql.js';
import type { FileRow, UploadRow } from './attachments.sql.js';
import { IMAGE_FORMATS, isUncleanableImage, typeOf } from './file-kind.js';
import { safeFileName } from './file-name.js';
import { cleanImage } from './image.js';
import {
  FILE_STORAGE,
  FileMissing,
  pathOf,
  type ByteRange,
  type FileStorage,
} from './storage/file-storage.js';

const ROOM_STATE: Statement = {
  name: 'rooms-state',
  sql: `SELECT ${ROOM_STATE_COLUMNS} FROM rooms r WHERE r.id = $1`,
};

/** Uploads of one user that are not sent yet, at most. */
export const MAX_OPEN_UPLOADS = 100;
const MAX_DECLARED_LENGTH = 100;
/** Parts of one upload. Each request adds one for every megabyte, and one for what is left. */
const MAX_PARTS = 2_000;
/** Files that are looked at, at a time: each is in memory, and an image with its pixels. */
const PROCESSED_AT_ONCE = 2;
const MAX_WAITING = 100;

/** The same for an upload that does not exist, has expired, was sent, and is another user's. */
export function noSuchUpload(): ChatError {
  return new ChatError('not_found', 'There is no such upload.');
}

/** The same for a file that does not exist, and for one of a message that the user does not see. */
export function noSuchAttachment(): ChatError {
  return new ChatError('not_found', 'There is no such attachment.');
}

export function quotaUsedUp(quotaBytes: number): ChatError {
  return new ChatError('forbidden', `Your attachments take up all of the ${quotaBytes} bytes that you have.`);
}

export function tooManyUploads(): ChatError {
  return new ChatError(
    'forbidden',
    `You have ${MAX_OPEN_UPLOADS} uploads that are not sent: send or end some.`,
  );
}

/** Another request has written to the upload since its offset was read. */
export function wrongOffset(): ChatError {
  return new ChatError('conflict', 'Upload-Offset: is not where the upload has come to');
}

export function tooManyParts(): ChatError {
  return new ChatError('too_long', `The upload came in more than ${MAX_PARTS} parts: begin a new one.`);
}

/** Uploads until they are sent, and the files of messages. */
@Injectable()
export class AttachmentsService {
  readonly #processing = new ConcurrencyLimit(
    PROCESSED_AT_ONCE,
    MAX_WAITING,
    'Too many files are being processed right now. Try again.',
  );
  /** Uploads that this server looks at, so that a message that names one waits for it. */
  readonly #finishing = new Map<number, Promise<void>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(FILE_STORAGE) private readonly storage: FileStorage,
    private readonly database: Database,
    private readonly membership: MembershipService,
  ) {}

  /** @throws ChatError `too_long`, `bad_frame`, or `forbidden` when the user has stored too much. */
  async create(userId: UserId, rawName: string, declaredType: string, size: number): Promise<UploadRow> {
    const { maxBytes, quotaBytes } = this.config.attachments;
    if (size < 1) throw fieldError('Upload-Length', 'must be at least 1');
    if (size > maxBytes) throw fieldError('Upload-Length', `must be at most ${maxBytes}`, 'too_long');
    const values = [userId, safeFileName(rawName), declaredType.slice(0, MAX_DECLARED_LENGTH), size];
    const [upload] = await this.database.query<UploadRow>(sql.CREATE, values);
    if (!upload) throw new Error('An upload came back without a row.');
    // Counted after it is stored: of uploads that begin at once, each counts the others.
    const [usage] = await this.database.query<{ bytes: number; open: number }>(sql.USAGE, [userId]);
    if (!usage || usage.bytes > quotaBytes || usage.open > MAX_OPEN_UPLOADS) {
      await this.database.query(sql.GIVE_UP, [upload.id, userId]);
      throw usage && usage.bytes <= quotaBytes ? tooManyUploads() : quotaUsedUp(quotaBytes);
    }
    return upload;
  }

  /** @throws ChatError `not_found`. */
  async upload(id: number, userId: UserId): Promise<UploadRow> {
    const [upload] = await this.database.query<UploadRow>(sql.OPEN_UPLOAD, [id, userId]);
    if (!upload) throw noSuchUpload();
    return upload;
  }

  /** Stores the next part of an upload. @returns its offset. @throws ChatError `conflict`, `too_long`. */
  async append({ id, key, parts }: UploadRow, offset: number, part: Buffer): Promise<number> {
    if (parts.length >= MAX_PARTS) throw tooManyParts();
    await this.storage.put(pathOf(key, `part-${offset}-${part.length}`), part);
    const [advanced] = await this.database.query<{ received: number }>(sql.ADVANCE, [
      id,
      offset,
      part.length,
    ]);
    if (!advanced) throw wrongOffset();
    return advanced.received;
  }

  /** @throws ChatError `not_found`. */
  async giveUp(id: number, userId: UserId): Promise<void> {
    if ((await this.database.query(sql.GIVE_UP, [id, userId])).length === 0) throw noSuchUpload();
  }

  /**
   * Looks at the content of a complete upload: its type, and of an image a clean copy. Called when the last byte arrives; and
   * again by a message that names it, if a server was killed in between.
   * @throws ChatError when the content is refused: then the upload is gone; `unavailable` when too many wait.
   */
  finish(upload: UploadRow, userId: UserId): Promise<void> {
    const running = this.#finishing.get(upload.id);
    if (running) return running;
    const finishing = this.#processing
      .run(() => this.#process(upload, userId))
      .finally(() => this.#finishing.delete(upload.id));
    this.#finishing.set(upload.id, finishing);
    return finishing;
  }

  /** Before these uploads are sent: finishes those of the user that are complete. Says nothing of others. */
  async settle(ids: readonly number[], userId: UserId): Promise<void> {
    const uploads = await this.database.query<UploadRow>(sql.UNFINISHED, [ids, userId]);
    await Promise.all(uploads.map((upload) => this.finish(upload, userId)));
  }

  /**
   * The file of a message, for a member who sees the message.
   * @throws ChatError `not_found`.
   */
  async file(id: number, userId: UserId): Promise<FileRow> {
    const [file] = await this.database.query<FileRow>(sql.FILE, [id, this.config.retentionMs]);
    await this.membership.requireFor(file?.room_id, userId, noSuchAttachment);
    if (!file) throw noSuchAttachment();
    const [room] = await this.database.query<RoomState>(ROOM_STATE, [file.room_id]);
    if (!room || file.seq > seenBy(room, userId).last_seq) throw noSuchAttachment();
    return file;
  }

  /** @throws ChatError `not_found` when the storage has lost the file, or a restored database knows more than it has. */
  async read(
    { key }: Pick<FileRow, 'key'>,
    name: 'file' | 'thumbnail',
    range?: ByteRange,
  ): Promise<Readable> {
    return this.storage.read(pathOf(key, name), range).catch((error: unknown) => {
      throw error instanceof FileMissing ? noSuchAttachment() : error;
    });
  }

  async #process(upload: UploadRow, userId: UserId): Promise<void> {
    const content = await this.#contentOf(upload);
    const type = await typeOf(content, upload.declared_type);
    const format = IMAGE_FORMATS.get(type);
    try {
      if (isUncleanableImage(type)) throw uncleanable(type);
      const image = format ? await cleanImage(content, format, this.config.attachments.maxPixels) : null;
      const file = image?.content ?? content;
      await this.storage.put(pathOf(upload.key, 'file'), file);
      if (image?.thumbnail) await this.storage.put(pathOf(upload.key, 'thumbnail'), image.thumbnail);
      const { width = null, height = null } = image ?? {};
      const hasThumbnail = Boolean(image?.thumbnail);
      const values = [upload.id, type, file.length, width, height, hasThumbnail];
      if ((await this.database.query(sql.FINISH, values)).length === 0) return;
      await this.#removeParts(upload);
    } catch (error) {
      if (error instanceof ChatError && error.code !== 'unavailable') {
        await this.database.query(sql.GIVE_UP, [upload.id, userId]);
      }
      throw error;
    }
  }

  async #contentOf(upload: UploadRow): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (const path of partsOf(upload)) {
      for await (const chunk of await this.storage.read(path)) chunks.push(chunk as Buffer);
    }
    const content = Buffer.concat(chunks);
    if (content.length !== upload.size) throw new Error('The parts of an upload do not have its size.');
    return content;
  }

  async #removeParts(upload: UploadRow): Promise<void> {
    for (const path of partsOf(upload)) await this.storage.remove(path);
  }
}

function partsOf({ key, parts }: UploadRow): string[] {
  let offset = 0;
  return parts.map((length) => {
    const path = pathOf(key, `part-${offset}-${length}`);
    offset += length;
    return path;
  });
}

export function uncleanable(type: string): ChatError {
  return fieldError(
    'file',
    `is of the type ${type}, from which the place where it was taken cannot be removed: send JPEG, PNG, WebP, GIF or AVIF`,
  );
}
