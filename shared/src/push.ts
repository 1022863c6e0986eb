/** Body of `POST /api/me/push-subscriptions/`: what `PushSubscription.toJSON()` of a browser returns. */
export interface CreatePushSubscription {
  /** URL of the push service for this browser. */
  endpoint: string;
  /** Key of the browser, and a secret, for the encryption of what is pushed (RFC 8291): base64url. */
  p256dh: string;
  auth: string;
  /** The current user (simulation); `?active_user=` does as well. */
  active_user_id?: number;
}

/** A browser to which messages are pushed. */
export interface PushSubscriptionInfo {
  /** Positive integer. */
  id: number;
  /** Host of the push service. */
  host: string;
  /** ISO-8601 UTC. */
  created_at: string;
}

/** Answer of `GET /api/me/push-subscriptions/`. */
export interface PushSubscriptions {
  /** The `applicationServerKey` for `pushManager.subscribe()` (RFC 8292): base64url. */
  public_key: string;
  subscriptions: PushSubscriptionInfo[];
}

/** Most browsers of one user. */
export const MAX_PUSH_SUBSCRIPTIONS = 20;
/** Longest URL of a push service, in characters. */
export const MAX_ENDPOINT_LENGTH = 1_024;
/** Most characters of a message in a push: push services take 4 kB at most. */
export const MAX_PUSHED_TEXT = 300;

/** What is pushed, as JSON: the newest message of a room that the user has not read. */
export interface PushedMessage {
  type: 'message';
  /** Whom it is for. */
  user_id: number;
  /** The username in simulation, where URLs name the user; null in accounts mode. */
  as: string | null;
  room_id: number;
  message_id: number;
  seq: number;
  /** Display name of the sender. */
  sender: string;
  /** The beginning of the text; null: it is not to be shown, or there is none. */
  text: string | null;
  has_files: boolean;
  /** Unread messages of the room. */
  unread_count: number;
}

/** The user has read the room up to `seq`, on another device: a notification of it goes. */
export interface PushedRead {
  type: 'read';
  user_id: number;
  room_id: number;
  seq: number;
}

export type Pushed = PushedMessage | PushedRead;
