/** A file of a message. */
export interface Attachment {
  /** Positive integer: the id of its upload. */
  id: number;
  /** As the sender's file was called, without a path; 1 to 255 characters. */
  name: string;
  /** MIME type that the server found in the content. */
  type: string;
  /** Bytes. */
  size: number;
  /** Pixels, of an image as it is shown. */
  width?: number;
  height?: number;
  /** Path of the file. In simulation the request names its user as well. */
  url: string;
  /** Path of a smaller picture, of an image that is larger than it. */
  thumbnail_url?: string;
}

/** Largest attachment, in bytes. */
export const ATTACHMENT_MAX_BYTES = 26_214_400;
/** Attachments of one message, at most. */
export const ATTACHMENTS_MAX = 10;
/** Longest name of an attachment, in characters. */
export const MAX_ATTACHMENT_NAME_LENGTH = 255;
/** An upload that no message names is removed this long after it was created, in hours. */
export const UPLOAD_HOURS = 24;
