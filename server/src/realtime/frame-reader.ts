import type { ClientFrames, ClientFrameType, Ref } from '@parley/shared';
import { getMetadataStorage, validateSync } from 'class-validator';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { fieldErrorOf } from '../http/valid.pipe.js';
import { CLIENT_FRAMES } from './client-frames.dto.js';

/** A client's frame, checked. */
export type ReadFrame = {
  [T in ClientFrameType]: { type: T; ref: Ref | undefined; fields: ClientFrames[T] };
}[ClientFrameType];

/** Longest `ref`, in characters: it is sent back. */
const MAX_REF_LENGTH = 200;
/** Frames that the first clients send, with whatever else they put into them. */
const BASE: ReadonlySet<ClientFrameType> = new Set(['message', 'typing', 'read']);

const FIELDS = new Map<string, ReadonlySet<string>>(
  Object.entries(CLIENT_FRAMES).map(([type, dto]) => [type, new Set(fieldsOf(dto))]),
);

/** @throws ChatError `bad_json` or `bad_frame`. */
export function parseFrame(data: Buffer, isBinary: boolean): Record<string, unknown> {
  if (isBinary) throw new ChatError('bad_frame', 'A frame must be text, not binary.');
  let frame: unknown;
  try {
    frame = JSON.parse(data.toString());
  } catch {
    throw new ChatError('bad_json', 'The frame is not valid JSON.');
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    throw new ChatError('bad_frame', 'A frame must be one JSON object.');
  }
  return frame as Record<string, unknown>;
}

/** The `ref` of a frame, if it can be sent back. @throws ChatError `bad_frame`. */
export function refOf(frame: Record<string, unknown>): Ref | undefined {
  const ref = Object.hasOwn(frame, 'ref') ? frame.ref : undefined;
  if (ref === undefined || (typeof ref === 'string' && ref.length <= MAX_REF_LENGTH)) return ref;
  if (typeof ref === 'number' && Number.isFinite(ref)) return ref;
  throw fieldError('ref', `must be a number, or a string of at most ${MAX_REF_LENGTH} characters`);
}

/**
 * Checks a frame against its DTO. Only the fields of the DTO are taken over, one by one, so that `__proto__` and the
 * like stay outside; null is the same as left out. Unknown fields are refused, except where the first clients may
 * send some.
 * @throws ChatError `unknown_type` or `bad_frame`.
 */
export function readFrame(
  frame: Record<string, unknown>,
  ref: Ref | undefined,
  onRoomSocket: boolean,
): ReadFrame {
  const type = Object.hasOwn(frame, 'type') ? frame.type : undefined;
  if (typeof type !== 'string') throw fieldError('type', 'must name the kind of frame');
  if (!isClientFrameType(type)) throw new ChatError('unknown_type', 'There is no such type of frame.');

  const known = FIELDS.get(type);
  const fields = new CLIENT_FRAMES[type]();
  for (const name of Object.keys(frame)) {
    if (known?.has(name)) Object.assign(fields, { [name]: frame[name] ?? undefined });
    else if (name !== 'type' && name !== 'ref' && !(onRoomSocket && BASE.has(type))) {
      throw fieldError(name.slice(0, 50), 'is not a field of this frame');
    }
  }
  const [error] = validateSync(fields, { stopAtFirstError: true, forbidUnknownValues: false });
  if (error) {
    const { field, message } = fieldErrorOf(error);
    throw fieldError(field, message);
  }
  return { type, ref, fields } as ReadFrame;
}

function isClientFrameType(type: string): type is ClientFrameType {
  return Object.hasOwn(CLIENT_FRAMES, type);
}

function fieldsOf(dto: new () => object): string[] {
  return getMetadataStorage()
    .getTargetValidationMetadatas(dto, '', false, false)
    .map(({ propertyName }) => propertyName);
}
