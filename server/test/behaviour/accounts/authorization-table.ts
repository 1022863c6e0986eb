import type { ClientFrameType } from '@parley/shared';
import type { Target } from '../../support/matrix.js';
import { TUS } from '../../support/uploads.js';

/**
 * Who may do what, in accounts mode. `owner` is a user with chats, sessions and access tokens; `other` the other member of
 * one of the chats; `blocked` that of a chat whom the owner has blocked; `requester` has written to the owner, who has not
 * accepted; `stranger` has no chat with the owner; `anonymous` proves nothing; `expired` has a session of the owner that has
 * expired; `read-only` and `token` are access tokens of the owner, the second with `write`.
 *
 * Owner, expired, read-only and token name the chat with `other`, what is the owner's, and `other` where a user is named.
 * Other and stranger name the same chat, blocked and requester theirs, and all four what is the owner's, and the owner.
 */
export const CALLS = `
call | owner | other | blocked | requester | stranger | anonymous | expired | read-only | token
GET /health/live | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
GET /health/ready | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
GET /metrics | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
GET /api/openapi.json | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
GET /api/openapi.yaml | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
GET /api/asyncapi.json | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
GET /api/version | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
GET /api/auth | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
GET /api/start | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
POST /api/auth/register | 201 | 201 | 201 | 201 | 201 | 201 | 201 | 201 | 201
POST /api/auth/login | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
POST /api/auth/logout | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 403
GET /api/auth/sessions | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
DELETE /api/auth/sessions | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 403
DELETE /api/auth/sessions/:session_id | 204 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 403
POST /api/auth/password | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 403
GET /api/auth/tokens | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
POST /api/auth/tokens | 201 | 201 | 201 | 201 | 201 | 401 | 401 | 403 | 403
DELETE /api/auth/tokens/:token_id | 204 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 403
POST /api/auth/proof | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 403
GET /api/auth/passkeys | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
POST /api/auth/passkeys/options | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
POST /api/auth/passkeys | 403 | 403 | 403 | 403 | 403 | 401 | 401 | 403 | 403
PATCH /api/auth/passkeys/:passkey_id | 200 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 403
DELETE /api/auth/passkeys/:passkey_id | 204 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 403
POST /api/auth/passkeys/login/options | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
POST /api/auth/passkeys/login | 401 | 401 | 401 | 401 | 401 | 401 | 401 | 401 | 401
POST /api/auth/passkeys/register/options | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200 | 200
POST /api/auth/passkeys/register | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403
POST /api/auth/passkeys/proof/options | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
POST /api/auth/passkeys/proof | 403 | 403 | 403 | 403 | 403 | 401 | 401 | 403 | 403
GET /api/auth/oidc/:provider | 404 | 404 | 404 | 404 | 404 | 404 | 404 | 404 | 404
GET /api/auth/oidc/:provider/callback | 404 | 404 | 404 | 404 | 404 | 404 | 404 | 404 | 404
POST /api/auth/oidc/register | 401 | 401 | 401 | 401 | 401 | 401 | 401 | 401 | 401
GET /api/auth/identities | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
POST /api/auth/identities | 404 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 403
DELETE /api/auth/identities/:identity_id | 204 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 403
GET /api/users | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
GET /api/me | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
DELETE /api/me | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 403
GET /api/me/blocked | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
POST /api/users/:user_id/block | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 204
DELETE /api/users/:user_id/block | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 204
GET /api/me/export | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
POST /api/me/export | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
PATCH /api/me | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 200
GET /api/me/push-subscriptions | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 403
POST /api/me/push-subscriptions | 201 | 201 | 201 | 201 | 201 | 401 | 401 | 403 | 403
DELETE /api/me/push-subscriptions/:subscription_id | 204 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 403
GET /api/me/settings | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
PATCH /api/me/settings | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 403 | 200
PUT /api/me/avatar | 200 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 200
DELETE /api/me/avatar | 204 | 204 | 204 | 204 | 204 | 401 | 401 | 403 | 204
GET /api/users/:user_id/avatar/:avatar | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
GET /api/rooms | 200 | 200 | 200 | 200 | 200 | 401 | 401 | 200 | 200
POST /api/rooms/create | 200 | 200 | 200 | 200 | 201 | 401 | 401 | 403 | 200
GET /api/rooms/:room_id | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 200 | 200
GET /api/rooms/:room_id/messages | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 200 | 200
POST /api/rooms/:room_id/messages | 201 | 201 | 201 | 201 | 404 | 401 | 401 | 403 | 201
GET /api/search | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 200 | 200
POST /api/messages/:message_id/read | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 403 | 200
PATCH /api/messages/:message_id | 403 | 200 | 200 | 200 | 404 | 401 | 401 | 403 | 403
GET /api/messages/:message_id/edits | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 200 | 200
DELETE /api/messages/:message_id | 403 | 204 | 204 | 204 | 404 | 401 | 401 | 403 | 403
PUT /api/messages/:message_id/reactions/:emoji | 204 | 204 | 204 | 204 | 404 | 401 | 401 | 403 | 204
DELETE /api/messages/:message_id/reactions/:emoji | 204 | 204 | 204 | 204 | 404 | 401 | 401 | 403 | 204
POST /api/rooms/:room_id/accept | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 403 | 200
POST /api/rooms/:room_id/decline | 204 | 409 | 409 | 409 | 404 | 401 | 401 | 403 | 204
POST /api/rooms/:room_id/report | 204 | 204 | 204 | 204 | 404 | 401 | 401 | 403 | 204
GET /api/rooms/:room_id/settings | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 200 | 200
PATCH /api/rooms/:room_id/settings | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 403 | 200
POST /api/uploads | 201 | 201 | 201 | 201 | 201 | 401 | 401 | 403 | 201
PATCH /api/uploads/:upload_id | 204 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 204
DELETE /api/uploads/:upload_id | 204 | 404 | 404 | 404 | 404 | 401 | 401 | 403 | 204
GET /api/attachments/:attachment_id/:name | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 200 | 200
GET /api/attachments/:attachment_id/thumbnail/:name | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 200 | 200
PUT /api/rooms/:room_id/timer | 200 | 200 | 200 | 200 | 404 | 401 | 401 | 403 | 200
`;

/** The queries of calls that need one. */
export const QUERIES: Readonly<Record<string, (target: Target) => string>> = {
  'GET /api/search': ({ room }) => `?q=secret&room=${room}`,
  'GET /api/start': ({ room }) => `?room=${room}`,
};

/** Calls about a request: in these the owner's side names the room of the requester. */
export const OF_REQUEST: readonly string[] = [
  'POST /api/rooms/:room_id/accept',
  'POST /api/rooms/:room_id/decline',
];

/** The headers of calls that take more than a body. */
export const HEADERS: Readonly<Record<string, Record<string, string>>> = {
  'POST /api/uploads': { ...TUS, 'Upload-Length': '10' },
  'PATCH /api/uploads/:upload_id': {
    ...TUS,
    'Upload-Offset': '0',
    'Content-Type': 'application/offset+octet-stream',
  },
  'DELETE /api/uploads/:upload_id': TUS,
};

/** A passkey that nobody has. The ceremonies that work have tests of their own (passkeys.e2e-spec.ts). */
const credential = {
  id: 'Zm9v',
  rawId: 'Zm9v',
  type: 'public-key',
  response: { clientDataJSON: 'e30' },
};

/** A browser that is at no push service. The second of two users gets it: that of the first goes. */
const PUSH_SUBSCRIPTION = {
  endpoint: 'https://push.example.com/send/abc',
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

/** The bodies of calls that take one. */
export const BODIES: Readonly<
  Record<string, (target: Target, actor: { username: string; password: string; newName: string }) => unknown>
> = {
  'POST /api/auth/register': (_, { newName, password }) => ({ username: newName, password }),
  'POST /api/auth/login': (_, { username, password }) => ({ username, password }),
  'POST /api/auth/password': (_, { password }) => ({
    current_password: password,
    new_password: 'another quiet harbour',
  }),
  'POST /api/auth/proof': (_, { password }) => ({ password }),
  'POST /api/auth/tokens': () => ({ name: 'Another', scopes: ['read'] }),
  'POST /api/auth/passkeys': () => ({ credential }),
  'PATCH /api/auth/passkeys/:passkey_id': () => ({ name: 'My phone' }),
  'POST /api/auth/identities': () => ({ provider: 'corp' }),
  'POST /api/auth/passkeys/login': () => ({ credential }),
  'POST /api/auth/passkeys/register/options': (_, { newName }) => ({ username: newName }),
  'POST /api/auth/passkeys/register': () => ({ credential }),
  'POST /api/auth/passkeys/proof': () => ({ credential }),
  // Nothing waits for a username, and the server has no provider: logins with one have tests of their own (oidc.e2e-spec.ts).
  'POST /api/auth/oidc/register': (_, { newName }) => ({ username: newName }),
  'DELETE /api/me': (_, { password }) => ({ password }),
  'POST /api/me/push-subscriptions': () => PUSH_SUBSCRIPTION,
  'PATCH /api/me/settings': () => ({ theme: 'dark' }),
  'PATCH /api/me': () => ({ display_name: 'Another name' }),
  'PUT /api/me/avatar': ({ image }) => ({ upload: image }),
  'POST /api/rooms/create': ({ user }) => ({ user_id: user }),
  'POST /api/rooms/:room_id/messages': () => ({ text: 'hello' }),
  'PATCH /api/messages/:message_id': () => ({ text: 'edited' }),
  'POST /api/rooms/:room_id/report': () => ({ category: 'harassment', reason: 'Sends threats.' }),
  'PATCH /api/rooms/:room_id/settings': () => ({ share_read: false }),
  // Nothing, at the offset where it is: so that each actor may.
  'PATCH /api/uploads/:upload_id': () => '',
  'PUT /api/rooms/:room_id/timer': () => ({ seconds: 3_600 }),
};

/**
 * The answers to frames: `ack` or the code of the error; `unknown`: the room is one of those that a sync does not know;
 * `-`: there is no socket. A handshake is answered 101, refused with another status, or its socket closed with a code.
 */
export const FRAMES = {
  user: `
frame | owner | other | blocked | requester | stranger | anonymous | expired | read-only | token
(handshake) | 101 | 101 | 101 | 101 | 101 | 401 | 401 | 101 | 101
message | ack | ack | ack | ack | not_found | - | - | forbidden | ack
typing | ack | ack | ack | ack | not_found | - | - | forbidden | ack
read | ack | ack | ack | ack | not_found | - | - | forbidden | ack
delivered | ack | ack | ack | ack | not_found | - | - | forbidden | ack
edit | forbidden | ack | ack | ack | not_found | - | - | forbidden | forbidden
react | ack | ack | ack | ack | not_found | - | - | forbidden | ack
delete | forbidden | ack | ack | ack | not_found | - | - | forbidden | forbidden
sync | ack | ack | ack | ack | unknown | - | - | ack | ack
ping | ack | ack | ack | ack | ack | - | - | ack | ack
`,
  room: `
frame | owner | other | blocked | requester | stranger | anonymous | expired | read-only | token
(handshake) | 101 | 101 | 101 | 101 | 4404 | 401 | 401 | 101 | 101
message | ack | ack | ack | ack | - | - | - | forbidden | ack
typing | ack | ack | ack | ack | - | - | - | forbidden | ack
read | ack | ack | ack | ack | - | - | - | forbidden | ack
delivered | ack | ack | ack | ack | - | - | - | forbidden | ack
edit | forbidden | ack | ack | ack | - | - | - | forbidden | forbidden
react | ack | ack | ack | ack | - | - | - | forbidden | ack
delete | forbidden | ack | ack | ack | - | - | - | forbidden | forbidden
sync | bad_frame | bad_frame | bad_frame | bad_frame | - | - | - | bad_frame | bad_frame
ping | ack | ack | ack | ack | - | - | - | ack | ack
`,
} as const;

/** The fields of frames. On the room socket `room_id` is left out. */
export const FIELDS: Readonly<Record<ClientFrameType, (target: Target) => Record<string, unknown>>> = {
  message: ({ room }) => ({ room_id: room, text: 'hello' }),
  typing: ({ room }) => ({ room_id: room }),
  read: ({ room, seq }) => ({ room_id: room, seq }),
  delivered: ({ room, seq }) => ({ room_id: room, seq }),
  edit: ({ message }) => ({ message_id: message, text: 'edited' }),
  react: ({ message }) => ({ message_id: message, emoji: '👍', on: true }),
  delete: ({ spare }) => ({ message_id: spare }),
  sync: ({ room }) => ({ rooms: { [room]: 0 } }),
  ping: () => ({}),
};

/** Who acts in simulation, where a request names its user, and legacy clients need not name any. */
export const NAMED = ['member', 'stranger', 'nobody'] as const;

/**
 * Simulation: `member` names the user who has received the message, `stranger` one without a chat with its two members, `nobody`
 * names none. What is answered to nobody here and is not public is 401 to `anonymous` above.
 */
export const LEGACY_CALLS = `
call | member | stranger | nobody
GET /health/live | 200 | 200 | 200
GET /health/ready | 200 | 200 | 200
GET /metrics | 200 | 200 | 200
GET /api/openapi.json | 200 | 200 | 200
GET /api/openapi.yaml | 200 | 200 | 200
GET /api/asyncapi.json | 200 | 200 | 200
GET /api/version | 200 | 200 | 200
GET /api/auth | 200 | 200 | 200
GET /api/start | 200 | 200 | 200
GET /api/users | 200 | 200 | 200
GET /api/me/push-subscriptions | 200 | 200 | 400
POST /api/me/push-subscriptions | 201 | 201 | 400
DELETE /api/me/push-subscriptions/:subscription_id | 204 | 404 | 400
GET /api/me/settings | 200 | 200 | 400
PATCH /api/me/settings | 200 | 200 | 400
POST /api/users | 201 | 201 | 201
PATCH /api/me | 200 | 200 | 400
PUT /api/me/avatar | 200 | 404 | 400
DELETE /api/me/avatar | 204 | 204 | 400
GET /api/users/:user_id/avatar/:avatar | 200 | 200 | 400
GET /api/rooms | 200 | 200 | 400
POST /api/rooms/create | 200 | 201 | 400
GET /api/rooms/:room_id | 200 | 404 | 400
GET /api/rooms/:room_id/messages | 200 | 404 | 200
POST /api/rooms/:room_id/messages | 201 | 404 | 400
POST /api/messages/:message_id/read | 200 | 404 | 200
PATCH /api/messages/:message_id | 403 | 404 | 400
GET /api/messages/:message_id/edits | 200 | 404 | 400
DELETE /api/messages/:message_id | 403 | 404 | 400
PUT /api/messages/:message_id/reactions/:emoji | 204 | 404 | 400
DELETE /api/messages/:message_id/reactions/:emoji | 204 | 404 | 400
GET /api/search | 200 | 404 | 400
POST /api/uploads | 201 | 201 | 400
PATCH /api/uploads/:upload_id | 204 | 404 | 400
DELETE /api/uploads/:upload_id | 204 | 404 | 400
GET /api/attachments/:attachment_id/:name | 200 | 404 | 400
GET /api/attachments/:attachment_id/thumbnail/:name | 200 | 404 | 400
GET /api/rooms/:room_id/settings | 200 | 404 | 400
PATCH /api/rooms/:room_id/settings | 200 | 404 | 400
PUT /api/rooms/:room_id/timer | 200 | 404 | 400
`;

/** The bodies of calls that take one, without the name of the user. */
export const LEGACY_BODIES: Readonly<Record<string, (target: Target, newName: string) => object>> = {
  'POST /api/users': (_, newName) => ({ username: newName }),
  'PATCH /api/me': () => ({ display_name: 'Another name' }),
  'PUT /api/me/avatar': ({ image }) => ({ upload: image }),
  'POST /api/rooms/create': ({ user }) => ({ user_id: user }),
  'POST /api/rooms/:room_id/messages': () => ({ text: 'hello' }),
  'PATCH /api/messages/:message_id': () => ({ text: 'edited' }),
  'PATCH /api/rooms/:room_id/settings': () => ({ archived: true }),
  'PUT /api/rooms/:room_id/timer': () => ({ seconds: 3_600 }),
  'POST /api/me/push-subscriptions': () => PUSH_SUBSCRIPTION,
  'PATCH /api/me/settings': () => ({ theme: 'dark' }),
};

/** Simulation: the answers to frames of the room socket, which name their message by its id, as legacy clients do. */
export const LEGACY_FRAMES = `
frame | member | stranger | nobody
(handshake) | 101 | 4403 | 101
message | ack | - | unauthorized
typing | ack | - | unauthorized
read | ack | - | ack
delivered | ack | - | ack
edit | forbidden | - | unauthorized
react | ack | - | unauthorized
delete | forbidden | - | unauthorized
sync | bad_frame | - | bad_frame
ping | ack | - | ack
`;
