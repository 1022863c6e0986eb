import { DataStore, Upload } from '@tus/server';
import type { UserId } from '@parley/shared';
import type { Readable } from 'node:stream';
import type { AttachmentsService } from './attachments.service.js';
import type { UploadRow } from './attachments.sql.js';

/** So much of an upload is in memory, and lost when the server is killed: the client sends it again. In bytes. */
const PART_BYTES = 1024 * 1024;

export const EXTENSIONS = ['creation', 'creation-with-upload', 'termination', 'expiration'];

/** What the tus server needs of storage, for the uploads of one user: the protocol is its business, the rest is ours. */
export class UploadStore extends DataStore {
  override extensions = EXTENSIONS;
  /** Why a part was not stored. In the middle of a request the tus server takes it for a connection that broke. */
  failure: unknown = null;

  constructor(
    private readonly attachments: AttachmentsService,
    private readonly userId: UserId,
    private readonly expirationMs: number,
  ) {
    super();
  }

  override async create(file: Upload): Promise<Upload> {
    const { filename, filetype } = file.metadata ?? {};
    const row = await this.attachments.create(this.userId, filename ?? '', filetype ?? '', file.size ?? 0);
    // Its URL is made from this id.
    return Object.assign(file, asUpload(row));
  }

  override async getUpload(id: string): Promise<Upload> {
    return asUpload(await this.attachments.upload(Number(id), this.userId));
  }

  /** Stores the parts as they fill, and what has arrived when the connection breaks: the upload goes on from there. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const upload = await this.attachments.upload(Number(id), this.userId);
    let received = offset;
    let chunks: Buffer[] = [];
    let bytes = 0;
    const store = async () => {
      const part = Buffer.concat(chunks);
      [chunks, bytes] = [[], 0];
      if (part.length === 0) return;
      try {
        received = await this.attachments.append(upload, received, part);
      } catch (error) {
        this.failure = error;
        throw error;
      }
    };
    let broken: unknown = null;
    try {
      for await (const chunk of stream) {
        chunks.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        if (bytes >= PART_BYTES) await store();
      }
    } catch (error) {
      broken = error;
    }
    await store();
    if (broken !== null) throw broken;
    return received;
  }

  override async remove(id: string): Promise<void> {
    await this.attachments.giveUp(Number(id), this.userId);
  }

  override getExpiration(): number {
    return this.expirationMs;
  }
}

function asUpload({ id, name, declared_type, size, received, created_at }: UploadRow): Upload {
  return new Upload({
    id: String(id),
    size,
    offset: received,
    metadata: { filename: name, ...(declared_type === '' ? {} : { filetype: declared_type }) },
    creation_date: created_at.toISOString(),
  });
}
