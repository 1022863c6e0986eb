import type { ServerLimits } from '@parley/shared';
import type { Config } from './config.js';

/** The limits that clients check by themselves. */
export function toServerLimits({
  limits,
  attachments,
  retentionMs,
}: Pick<Config, 'limits' | 'attachments' | 'retentionMs'>): ServerLimits {
  const { textLength, editWindowMs, deleteWindowMs } = limits;
  return {
    text_max_length: textLength,
    attachment_max_bytes: attachments.maxBytes,
    attachments_max: attachments.max,
    edit_window_seconds: editWindowMs === null ? null : editWindowMs / 1_000,
    delete_window_seconds: deleteWindowMs === null ? null : deleteWindowMs / 1_000,
    ...(retentionMs === null ? {} : { retention_seconds: retentionMs / 1_000 }),
  };
}
