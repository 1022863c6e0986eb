/**
 * Numbers that must not be swapped. A branded number is a number at run time and on the wire; for the compiler a UserId is
 * no RoomId, and a plain number is neither. Ids become branded where they enter: from a path, a frame, a row.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

export type UserId = Branded<'UserId'>;
export type RoomId = Branded<'RoomId'>;
export type SessionId = Branded<'SessionId'>;
export type MessageId = Branded<'MessageId'>;
/** Place of a message in its room: 1, 2, 3 … without a gap. */
export type Seq = Branded<'Seq'>;
/** Revision of a room: counts everything that ever changed in it. */
export type Rev = Branded<'Rev'>;
