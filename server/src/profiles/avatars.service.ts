import { Inject, Injectable } from '@nestjs/common';
import { AVATAR_SIZES, MAX_AVATAR_BYTES, type User, type UserId } from '@parley/shared';
import type { Readable } from 'node:stream';
import { AttachmentsService } from '../attachments/attachments.service.js';
import { IMAGE_FORMATS } from '../attachments/file-kind.js';
import { squaresOf } from '../attachments/image.js';
import {
  FILE_STORAGE,
  FileMissing,
  pathOf,
  type FileName,
  type FileStorage,
} from '../attachments/storage/file-storage.js';
import { noSession } from '../auth/session.strategy.js';
import { CONFIG, type Config } from '../config/config.js';
import { ConcurrencyLimit } from '../database/concurrency-limit.js';
import { Database } from '../database/database.js';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { UsersService } from '../users/users.service.js';
import * as sql from './avatars.sql.js';
import { ProfileService } from './profile.service.js';

/** Images that are cut at a time: each is in memory, with its pixels. */
const CUT_AT_ONCE = 2;
const MAX_WAITING = 50;

export function noSuchAvatar(): ChatError {
  return new ChatError('not_found', 'There is no such picture.');
}

export function noImage(): ChatError {
  return fieldError('upload', 'is not a complete image: JPEG, PNG, WebP, GIF or AVIF');
}

export function imageTooLarge(): ChatError {
  return fieldError('upload', `must have at most ${MAX_AVATAR_BYTES} bytes`, 'too_long');
}

/**
 * The pictures of users. A picture is an attachment of no message, in squares of two sizes: quota, storage, clean-up and
 * deletion are those of attachments. Another picture has another key, so a URL never changes its content.
 */
@Injectable()
export class AvatarsService {
  readonly #cutting = new ConcurrencyLimit(
    CUT_AT_ONCE,
    MAX_WAITING,
    'Too many pictures are being cut. Try again.',
  );

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(FILE_STORAGE) private readonly storage: FileStorage,
    private readonly database: Database,
    private readonly attachments: AttachmentsService,
    private readonly users: UsersService,
    private readonly profile: ProfileService,
  ) {}

  /** Makes an upload of the user its picture. @throws ChatError `not_found`, `bad_frame`, `too_long`, `unavailable`. */
  async set(userId: UserId, uploadId: number): Promise<User> {
    await this.attachments.settle([uploadId], userId);
    const upload = await this.attachments.upload(uploadId, userId);
    if (upload.type === null || !IMAGE_FORMATS.has(upload.type)) throw noImage();
    if (upload.size > MAX_AVATAR_BYTES) throw imageTooLarge();
    const [large, small] = await this.#cutting.run(async () =>
      squaresOf(
        await contentOf(await this.attachments.read(upload, 'file')),
        AVATAR_SIZES,
        this.config.attachments.maxPixels,
      ),
    );
    if (!large || !small) throw new Error('A picture came back without its sizes.');
    const [row] = await this.database.query<{ key: string }>(sql.CREATE, [userId, large.length]);
    if (!row) throw new Error('A picture came back without a row.');
    await this.storage.put(pathOf(row.key, 'file'), large);
    await this.storage.put(pathOf(row.key, 'thumbnail'), small);
    const values = [userId, row.key, uploadId];
    if ((await this.database.query(sql.SET, values)).length === 0) throw noSession();
    await this.profile.publish(userId);
    return this.users.get(userId);
  }

  async remove(userId: UserId): Promise<void> {
    if ((await this.database.query(sql.REMOVE, [userId])).length > 0) await this.profile.publish(userId);
  }

  /**
   * The picture of a user, for all who may see the user's name: every user, as the search finds each of them.
   * @throws ChatError `not_found` also for a picture that the user had before.
   */
  async read(userId: UserId, key: string, size: (typeof AVATAR_SIZES)[number]): Promise<Readable> {
    const [profile] = await this.users.profiles([userId]);
    if (profile?.avatar !== key) throw noSuchAvatar();
    const file = await this.#read(key, size === AVATAR_SIZES[0] ? 'file' : 'thumbnail');
    if (!file) throw noSuchAvatar();
    return file;
  }

  /** The larger picture of a user; null: there is none, or the storage has lost it. */
  async own(userId: UserId): Promise<Readable | null> {
    const [profile] = await this.users.profiles([userId]);
    return profile?.avatar ? this.#read(profile.avatar, 'file') : null;
  }

  async #read(key: string, name: FileName): Promise<Readable | null> {
    return this.storage.read(pathOf(key, name)).catch((error: unknown) => {
      if (error instanceof FileMissing) return null;
      throw error;
    });
  }
}

async function contentOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
