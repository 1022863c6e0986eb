import type { ServerLimits } from '@parley/shared';
import type { Limits } from './config.js';

/** The limits that clients check by themselves. */
export function toServerLimits({ textLength, editWindowMs, deleteWindowMs }: Limits): ServerLimits {
  return {
    text_max_length: textLength,
    edit_window_seconds: editWindowMs === null ? null : editWindowMs / 1_000,
    delete_window_seconds: deleteWindowMs === null ? null : deleteWindowMs / 1_000,
  };
}
