import type { ClientFrame, ClientFrameType, ReplyOf } from '@parley/shared';
import type { ChatEvent } from './state/chat-event.js';
import type { ChatState } from './state/chat-state.js';

/** A frame of one type, as a request: without `ref`. */
export type RequestFrame<T extends ClientFrameType> = Extract<ClientFrame, { type: T }>;

/** What the parts of a client have in common: the state, the one way to change it, and the connection. */
export interface ClientCore {
  readonly state: ChatState;
  /** The server has greeted this client, and the socket is open. */
  readonly isConnected: boolean;
  dispatch(event: ChatEvent): void;
  /** Sends one frame, once, and resolves with its reply. @throws RequestError. */
  request<T extends ClientFrameType>(frame: RequestFrame<T>, timeoutMs?: number): Promise<ReplyOf<T>>;
}
