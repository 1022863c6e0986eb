import compress from '@fastify/compress';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { constants } from 'node:zlib';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer is the file of a user, as it is stored. */
    sendsFile?: true;
  }
}

/** A smaller answer fits into one packet as it is: one message is never compressed, a page of history is. In bytes. */
const THRESHOLD_BYTES = 1_024;

/** Compresses as well as gzip does at its best, for a fraction of the time of Brotli's default (11). */
const BROTLI_QUALITY = 4;

/**
 * Compresses what the client takes compressed: lists, pages of history, the page and its scripts. Compressed request
 * bodies are not unpacked: a small one could become a large one.
 */
export async function compressAnswers(app: NestFastifyApplication): Promise<void> {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      // Files have ranges and lengths of their own, and most are compressed as they are.
      if (route.config?.sendsFile) route.compress = false;
    });
  await app
    .getHttpAdapter()
    .getInstance()
    .register(compress, {
      threshold: THRESHOLD_BYTES,
      encodings: ['br', 'gzip'],
      brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
      globalDecompression: false,
    });
}
