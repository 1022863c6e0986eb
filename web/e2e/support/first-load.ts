import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext } from 'playwright-core';

const DIST = join(__dirname, '../../dist');

/** What is loaded after the first paint, as a pattern of its URL. */
export const SECOND_LOAD = '**/assets/second-load-*.js';

/** Holds back what is loaded after the first paint, in all windows of a browser, until the result is called. */
export async function holdSecondLoad(context: BrowserContext): Promise<() => void> {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await context.route(SECOND_LOAD, async (route) => {
    await held;
    await route.continue();
  });
  return () => release?.();
}

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
}

/**
 * The scripts of the first load, which are the entry and all that it imports, and their size as they travel, with the one in the
 * start page.
 */
export function readFirstLoad(): { files: string[]; gzipBytes: number } {
  const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >;
  const wanted = new Set<string>();
  const add = (chunk: Chunk | undefined) => {
    if (!chunk || wanted.has(chunk.file)) return;
    wanted.add(chunk.file);
    for (const name of chunk.imports ?? []) add(manifest[name]);
  };
  for (const chunk of Object.values(manifest)) if (chunk.isEntry) add(chunk);
  const files = [...wanted].filter((file) => file.endsWith('.js'));
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  const inPage = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) =>
    Buffer.from(script),
  );
  const scripts = [...inPage, ...files.map((file) => readFileSync(join(DIST, file)))];
  const gzipBytes = scripts.reduce((sum, script) => sum + gzipSync(script).length, 0);
  return { files, gzipBytes };
}
