import {
  createBareClient,
  type BareClient,
  type ChatEvent,
  type ChatState,
  type ConnectionState,
} from '@parley/client';
import type { ServerLimits } from '@parley/shared';
import { createEffect, createSignal, onCleanup, type Accessor } from 'solid-js';
import { lazyUploads } from '../attachments/lazy-uploads';
import { IndexedDbStorage } from '../messages/outbox/indexeddb-storage';
import { reportNotKept } from '../messages/not-kept';
import { areLocksUsable, lockInWindow } from '../messages/outbox/window-lock';
import { onActivity, onNetworkChange } from '../ui/activity';
import { createRequiredContext } from '../ui/required-context';
import { createLost } from './lost';

/** The state of this window's client, and its connection to the server. */
export interface Chat {
  me: number;
  client: BareClient;
  state: Accessor<ChatState>;
  connection: Accessor<ConnectionState>;
  /** The server's limits, as its last `hello` said. */
  limits: Accessor<ServerLimits>;
  /** Whether the user should know that there is no connection: what is shown of others may be out of date. */
  isLost: Accessor<boolean>;
  /** The browser stores nothing for this page: unsent messages are lost with the window. */
  isVolatile: Accessor<boolean>;
  dispatch(event: ChatEvent): void;
  /** Connects now, also after the server has closed the connection for good. */
  reconnect(): void;
}

export const [ChatProvider, useChat] = createRequiredContext<Chat>('Chat');

/** Connects as user `me` by `socketUrl`, until the owner is disposed. @param urlOf the URL of a request of that user. */
export function createChat(me: number, socketUrl: string, urlOf: (path: string) => string): Chat {
  // Without `onError`: what the user does (send, read) is a request, and its refusal is shown where it was made. Errors that
  // answer no request are about `typing`, pings, and requests that were sent again meanwhile: nothing for the user to act on.
  const client = createBareClient({
    userId: me,
    url: socketUrl,
    storage: new IndexedDbStorage(),
    lock: lockInWindow,
    uploads: lazyUploads(urlOf),
  });
  const [state, setState] = createSignal(client.state);
  const [connection, setConnection] = createSignal(client.connection);
  const [isSilent, setSilent] = createSignal(false);
  const [isVolatile, setVolatile] = createSignal(false);
  client.subscribe(() => {
    setState(client.state);
    setConnection(client.connection);
    setSilent(client.isSilent);
    setVolatile(client.isVolatile);
  });
  createEffect(() => isVolatile() && reportNotKept('messages'));

  function wake(): void {
    const isVisible = document.visibilityState === 'visible';
    client.setVisible(isVisible);
    if (isVisible) void client.wake();
  }

  const untilCleanup = new AbortController();
  document.addEventListener('visibilitychange', wake, untilCleanup);
  window.addEventListener('online', wake, untilCleanup);
  // After a long outage a user who returns does not wait for the next attempt.
  window.addEventListener('focus', () => client.isConnected || void client.wake(), untilCleanup);
  onActivity(client.userActive, untilCleanup.signal);
  onNetworkChange(client.networkChanged, untilCleanup.signal);
  client.setVisible(document.visibilityState === 'visible');
  onCleanup(() => {
    untilCleanup.abort();
    client.close();
  });

  // Known before the first message needs it.
  void areLocksUsable();
  client.connect();
  return {
    me,
    client,
    state,
    connection,
    limits: () => state().limits,
    isVolatile,
    isLost: createLost(connection, isSilent),
    dispatch: client.dispatch,
    reconnect: client.reconnect,
  };
}
