import type { ClientFrame, ClientFrameType, ReplyOf } from '@parley/shared';
import type { ChatEvent } from './state/chat-event.js';
import type { ChatState } from './state/chat-state.js';

/** A client frame of one type, without `ref`. */
export type RequestFrame<T extends ClientFrameType> = Extract<ClientFrame, { type: T }>;

/** What the parts of a client share: the state, `dispatch` that changes it, and the connection. */
export interface ClientCore {
  readonly state: ChatState;
  /** The socket is open, and `hello` has arrived. */
  readonly isConnected: boolean;
  dispatch(event: ChatEvent): void;
  /** Sends one frame, once, and resolves with its reply. @throws RequestError. */
  request<T extends ClientFrameType>(frame: RequestFrame<T>, timeoutMs?: number): Promise<ReplyOf<T>>;
}
