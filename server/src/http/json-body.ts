import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isUtf8 } from 'node:buffer';
import { MAX_BODY_BYTES } from './fastify-options.js';

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\,[]{}');

/** Deeper than any body of ours, and far from where what walks through a body would run out of stack. */
const MAX_DEPTH = 32;

/**
 * Far more than any body of ours has. V8 keeps each name of a field in a table of all names, which only a collection of
 * all garbage makes smaller: to read a body of 31 kB with 2,900 names costs 2 ms of CPU or more, to refuse it 1 ms.
 */
const MAX_COMMAS = 1_000;

/** Most bytes of one character of a text in JSON: two escapes, such as `\\ud83d\\ude00`. Python writes them by default. */
const ESCAPED_BYTES = 12;
/** The type of a part of an upload (tus 1.0). No form can send it, so a page of another origin needs a preflight. */
const FILE_PART = 'application/offset+octet-stream';
/** Bytes of a body besides its text. */
const OTHER_BYTES = 2 * 1024;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body carries a text: its limit is the longest text with every character escaped. */
    carriesText?: true;
    /** The body is bytes of a file (tus), which the handler reads from the stream. */
    takesFile?: true;
  }
}

/**
 * Bodies are JSON in UTF-8, or bytes for the calls that take a file, and nothing else: forms and plain text could come from any page without a preflight, and
 * bytes that are no text would be stored as something else than was sent. Some clients name the type of a body that
 * they then leave out: it is empty.
 * @param textLength the longest text, in characters.
 */
export function readJsonBodies(app: NestFastifyApplication, textLength: number): void {
  const fastify = app.getHttpAdapter().getInstance();
  const maxTextBytes = Math.max(MAX_BODY_BYTES, textLength * ESCAPED_BYTES + OTHER_BYTES);
  fastify.addHook('onRoute', (route) => {
    if (route.config?.carriesText) route.bodyLimit = maxTextBytes;
  });
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null);
    if (!isUtf8(body) || isTooIntricate(body)) return done(refusal());
    // Every body of ours is an object. A list, `null` or a number would look like a body that leaves everything out.
    return parse(request, body.toString(), (error, value: unknown) => {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (error || isObject) done(error, value);
      else done(refusal());
    });
  });
  fastify.addContentTypeParser(FILE_PART, (request, stream, done) => {
    if (request.routeOptions.config.takesFile) done(null, stream);
    else done(wrongType());
  });
  // A call without a body may say a type all the same, as some clients always do.
  fastify.addContentTypeParser('*', ({ headers }, _stream, done) => {
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
    done(hasBody ? wrongType() : null);
  });
}

function wrongType(): Error {
  return Object.assign(new Error('This call takes JSON.'), { statusCode: 415 });
}

function refusal(): Error {
  const message = 'The body is not a JSON object in UTF-8, or has too many parts or levels.';
  return Object.assign(new Error(message), { statusCode: 400 });
}

/**
 * Whether lists and objects stand in one another more than MAX_DEPTH deep, or have more than MAX_COMMAS. Brackets and commas
 * in strings do not count.
 */
function isTooIntricate(json: Buffer): boolean {
  let depth = 0;
  let commas = 0;
  let isInString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (isInString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) {
      isInString = true;
    } else if (byte === COMMA) {
      if (++commas > MAX_COMMAS) return true;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth--;
    }
  }
  return false;
}
