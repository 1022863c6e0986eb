import type { Attachment } from '@parley/shared';

/** An attachment as a message keeps it. */
export type StoredAttachment = Omit<Attachment, 'url' | 'thumbnail_url'> & { has_thumbnail?: true };

/** Longest part of a path that the server takes, in characters. */
const MAX_PATH_PART = 200;

/** As the wire has it. */
export function toAttachment({ has_thumbnail, ...stored }: StoredAttachment): Attachment {
  const url = `/api/attachments/${stored.id}/${nameInUrl(stored.name)}`;
  return has_thumbnail
    ? { ...stored, url, thumbnail_url: `/api/attachments/${stored.id}/thumbnail/thumbnail.webp` }
    : { ...stored, url };
}

/** For people who look at the URL. The whole name is in `Content-Disposition`, whatever stands here. */
function nameInUrl(name: string): string {
  const encoded = encodeURIComponent(name);
  return encoded.length <= MAX_PATH_PART ? encoded : `file${/\.[A-Za-z0-9]{1,20}$/.exec(name)?.[0] ?? ''}`;
}
