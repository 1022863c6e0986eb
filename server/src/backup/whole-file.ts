import { createWriteStream } from 'node:fs';
import { link, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isAlive } from '@parley/embedded-postgres';

/** The file cannot be written, as a sentence. */
export class FileNotWritten extends Error {
  override name = 'FileNotWritten';
}

/**
 * Writes a new file through `transform`: complete and synced to disk, or not at all. Only its owner can read it. Until it
 * is complete its name is `<file>.<process id>.partial`; the next call removes such a file of a killed process.
 * @throws FileNotWritten; errors of `content` unchanged.
 */
export async function writeWholeFile(
  file: string,
  content: AsyncIterable<Buffer>,
  transform: Transform,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = `${file}.${process.pid}.partial`;
  try {
    await assertFree(file);
    await removeLeftovers(file);
    const sink = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(content, transform, sink, { signal });
    await moveTo(unfinished, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw sentenceOf(error, file);
  }
}

/** @throws FileNotWritten when the file exists. */
export async function assertFree(file: string): Promise<void> {
  const isThere = await lstat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (isThere) throw existing(file);
}

const existing = (file: string) =>
  new FileNotWritten(`${file} exists already, and is not overwritten. Give another name, or remove it.`);

async function removeLeftovers(file: string): Promise<void> {
  const folder = dirname(file);
  for (const name of await readdir(folder)) {
    const [, pid] = (name.startsWith(`${basename(file)}.`) && /\.(\d+)\.partial$/.exec(name)) || [];
    if (pid && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

/** Uses a hard link, which fails when the file exists; a rename would replace it. Some file systems have no links. */
async function moveTo(unfinished: string, file: string): Promise<void> {
  try {
    await link(unfinished, file);
    await rm(unfinished);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw existing(file);
    await assertFree(file);
    await rename(unfinished, file);
  }
}

/** Makes the new name survive a power cut. Windows syncs folders by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

function sentenceOf(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FileNotWritten(
        `The disk is full, so nothing was written to ${file}. Free some space, or give a name on another disk.`,
      );
    case 'ENOENT':
      return new FileNotWritten(`The folder ${dirname(file)} does not exist. Make it, or give another name.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new FileNotWritten(
        `${file} cannot be written (${code}). Give a name in a folder that you may write to.`,
      );
    default:
      return error;
  }
}
