import { newClientId, type QueuedFile } from '@parley/client';
import type { ServerLimits } from '@parley/shared';
import { showNotice } from '../ui/notices';
import { attachmentWords } from '../words/words';
import { keepFile } from './kept-files';

/**
 * Takes what the user has chosen, pasted or dropped, after the files that are there. What the server would refuse is left
 * out, and the user reads why.
 */
export async function prepareFiles(
  before: readonly QueuedFile[],
  chosen: readonly File[],
  limits: ServerLimits,
): Promise<QueuedFile[]> {
  const files = [...before];
  for (const file of chosen) {
    const problem = problemOf(file, files.length, limits);
    if (problem !== null) {
      showNotice({ id: 'file-refused', text: problem });
      continue;
    }
    const key = newClientId();
    const size = await imageSize(file);
    await keepFile({ key, content: file, url: null, id: null });
    files.push({ key, name: file.name || attachmentWords.file, type: file.type, size: file.size, ...size });
  }
  return files;
}

function problemOf({ name, size }: File, count: number, limits: ServerLimits): string | null {
  if (count >= limits.attachments_max) return attachmentWords.tooMany(limits.attachments_max);
  if (size > limits.attachment_max_bytes) return attachmentWords.tooLarge(name, limits.attachment_max_bytes);
  return size === 0 ? attachmentWords.empty(name) : null;
}

/** As it is shown, turned upright. Nothing when the browser does not know the format: then it is a file like any other. */
async function imageSize(file: File): Promise<{ width: number; height: number } | null> {
  if (!file.type.startsWith('image/') || file.type.startsWith('image/svg')) return null;
  try {
    const { width, height } = await createImageBitmap(file);
    return { width, height };
  } catch {
    return null;
  }
}
