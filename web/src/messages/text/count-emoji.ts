/** What more emoji need is not looked at. */
const MAX_LENGTH = 128;

const ONLY_EMOJI = onlyEmoji();

/** Undefined in browsers before 2023, which cannot say what is one emoji: there, all have one size. */
function onlyEmoji(): RegExp | undefined {
  try {
    return new RegExp('^(?:\\p{RGI_Emoji}\\s*){1,3}$', 'v');
  } catch {
    return undefined;
  }
}

/** How many emoji a text consists of, up to three; 0 if there are more, or anything else. */
export function countEmoji(text: string): number {
  if (text.length > MAX_LENGTH || !ONLY_EMOJI?.test(text)) return 0;
  return [...text.matchAll(new RegExp('\\p{RGI_Emoji}', 'gv'))].length;
}
