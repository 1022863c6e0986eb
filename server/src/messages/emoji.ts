import { Injectable, type PipeTransform } from '@nestjs/common';
import { ChatError } from '../errors/chat-error.js';

/** `RGI_Emoji` is a property of whole strings: a flag sequence or a family is one. The flag is newer than the target of the build. */
const ONE_EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');
/** Longest emoji, in code points: the longest of Unicode 16 has ten. */
export const MAX_EMOJI_LENGTH = 20;

/** Whether a text is one emoji that Unicode recommends for interchange, fully qualified, and nothing else. */
export function isEmoji(text: string): boolean {
  return text.length <= 2 * MAX_EMOJI_LENGTH && ONE_EMOJI.test(text);
}

export function noSuchEmoji(): ChatError {
  return new ChatError('not_found', 'There is no such emoji.');
}

/** An emoji in the path. A text that is none is answered like an id that does not exist. */
@Injectable()
export class EmojiPipe implements PipeTransform<string, string> {
  transform(text: string): string {
    if (!isEmoji(text)) throw noSuchEmoji();
    return text;
  }
}
