import type { QueuedFile } from '../state/chat-state.js';

/** Uploads the files of messages, from where the platform keeps their content. */
export interface Uploads {
  /**
   * Resolves with the ids of the files on the server, in order, once all of them are complete. Called again with each attempt to
   * send their message: it goes on where it was.
   * @throws RequestError, with which the attempt fails: `disconnected` waits for the next connection.
   */
  upload(files: readonly QueuedFile[]): Promise<number[]>;
  /** The message is sent or discarded: uploads that run end, and the content is not needed any more. */
  forget(files: readonly QueuedFile[]): void;
}
