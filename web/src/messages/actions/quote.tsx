import { MAX_QUOTE_LENGTH, type MessageReply } from '@parley/shared';
import { previewOf } from '../text/format';
import { messageActionWords, words } from '../../words/words';

interface QuoteProps {
  quote: MessageReply;
  /** Who has sent the quoted message. */
  name: string;
  tabIndex: number;
}

/** The message that another one answers, above its text: a button that leads there. */
export function Quote(props: QuoteProps) {
  return (
    <button
      type="button"
      class="mt-0.5 mb-1 block w-full min-w-0 rounded-lg border-s-3 border-accent bg-ink/5 px-2 py-1 text-start text-sm"
      tabIndex={props.tabIndex}
      data-action="jump"
      data-later
      disabled={hasDisappeared(props.quote)}
    >
      <span class="sr-only">{messageActionWords.inReplyTo} </span>
      <span class="block truncate font-semibold text-accent" dir="auto">
        {props.name}
      </span>
      <span class="block truncate" classList={{ italic: props.quote.deleted }} dir="auto">
        {quotedText(props.quote)}
      </span>
    </button>
  );
}

/** A quote in one line. */
export function quotedText(quote: MessageReply): string {
  if (!quote.deleted) {
    const isCut = [...quote.text].length >= MAX_QUOTE_LENGTH;
    return previewOf(quote.text) + (isCut ? '…' : '') || messageActionWords.file;
  }
  return hasDisappeared(quote) ? words.messages.disappeared : words.messages.deleted;
}

/** Its row is not shown any more. */
function hasDisappeared({ deleted, expires_at }: MessageReply): boolean {
  return deleted && expires_at !== undefined && Date.parse(expires_at) <= Date.now();
}
