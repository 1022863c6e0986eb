import type { AttachmentSettings } from '../../config/config.js';
import { DiskStorage } from './disk-storage.js';
import type { FileStorage } from './file-storage.js';
import { S3Storage } from './s3-storage.js';

/** The storage of the settings. */
export function openStorage({ s3, dir }: Pick<AttachmentSettings, 's3' | 'dir'>): FileStorage {
  return s3 ? new S3Storage(s3) : new DiskStorage(dir);
}
