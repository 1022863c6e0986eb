import { MAX_REF_LENGTH, textLength, type ClientFrameType, type Ref, type RequestOf } from '@parley/shared';
import { validateSync } from 'class-validator';
import { ChatError, fieldError, Refusal } from '../errors/chat-error.js';
import { fieldErrorOf, fieldsOf } from '../http/valid.pipe.js';
import { CLIENT_FRAMES } from './client-frames.dto.js';

/** A client frame whose fields have been checked. */
export type ReadFrame<T extends ClientFrameType = ClientFrameType> = {
  [P in T]: { type: P; ref: Ref | undefined; request: RequestOf<P> };
}[T];

/** Frames that legacy clients send on a room socket, possibly with unknown fields. */
export const LEGACY_FRAMES: ReadonlySet<ClientFrameType> = new Set(['message', 'typing', 'read']);

const NOT_TEXT = new Refusal('bad_frame', 'A frame must be text, not binary.');
const NOT_JSON = new Refusal('bad_json', 'The frame is not valid JSON.');
const NOT_AN_OBJECT = new Refusal('bad_frame', 'A frame must be one JSON object.');
const BAD_REF = `must be a number, or a string of at most ${MAX_REF_LENGTH} characters`;

/** @returns the JSON object of a frame, or the refusal if there is none. */
export function parseFrame(data: Buffer, isBinary: boolean): Record<string, unknown> | Refusal {
  if (isBinary) return NOT_TEXT;
  let frame: unknown;
  try {
    frame = JSON.parse(data.toString());
  } catch {
    return NOT_JSON;
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return NOT_AN_OBJECT;
  return frame as Record<string, unknown>;
}

/** The `ref` of a frame; undefined when it has none, null when it is not valid. */
export function refOf(frame: Record<string, unknown>): Ref | undefined | null {
  const ref = Object.hasOwn(frame, 'ref') ? frame.ref : undefined;
  if (ref === undefined || (typeof ref === 'string' && textLength(ref) <= MAX_REF_LENGTH)) return ref;
  return typeof ref === 'number' && Number.isFinite(ref) ? ref : null;
}

/**
 * Checks a frame against its DTO. Only the fields of the DTO are copied, one by one, which keeps `__proto__` out; null
 * means absent. Unknown fields are refused, except in the frames of legacy clients.
 * @throws ChatError `unknown_type` or `bad_frame`.
 */
export function readFrame(
  frame: Record<string, unknown>,
  ref: Ref | undefined | null,
  onRoomSocket: boolean,
): ReadFrame {
  if (ref === null) throw fieldError('ref', BAD_REF);
  const type = Object.hasOwn(frame, 'type') ? frame.type : undefined;
  if (typeof type !== 'string') throw fieldError('type', 'must name the kind of frame');
  if (!isClientFrameType(type)) throw new ChatError('unknown_type', 'There is no such type of frame.');

  const known = fieldsOf(CLIENT_FRAMES[type]);
  const request = new CLIENT_FRAMES[type]();
  for (const name of Object.keys(frame)) {
    if (known.has(name)) Object.assign(request, { [name]: frame[name] ?? undefined });
    else if (name !== 'type' && name !== 'ref' && !(onRoomSocket && LEGACY_FRAMES.has(type))) {
      throw fieldError(name.slice(0, 50), 'is not a field of this frame');
    }
  }
  const [error] = validateSync(request, { stopAtFirstError: true, forbidUnknownValues: false });
  if (error) {
    const { field, message } = fieldErrorOf(error);
    throw fieldError(field, message);
  }
  // `request` is an instance of the class that belongs to `type`. TypeScript cannot express the correlation.
  return { type, ref, request } as ReadFrame;
}

function isClientFrameType(type: string): type is ClientFrameType {
  return Object.hasOwn(CLIENT_FRAMES, type);
}
