import { SHARES, type Sharing, type User } from '@parley/shared';
import { Show } from 'solid-js';
import type { MessageStatus } from '../messages/log/bubbles';
import { Ticks } from '../messages/receipts/ticks';
import { TypingStatus } from '../presence/typing-status';
import { Avatar } from '../ui/avatar';
import { nameOf } from '../users/name-of';
import { privacyWords, times, words } from '../words/words';

interface SharePreviewProps {
  /** Whose privacy it is. */
  me: User;
  /** What the other sees of `me`. */
  sharing: Sharing;
  title: string;
}

/** The chat with `me` as the other sees it: built from the parts of a real one, so that it cannot promise anything else. */
export function SharePreview(props: SharePreviewProps) {
  const at = new Date().toISOString();
  const status = (): MessageStatus => {
    if (props.sharing.share_read) return 'read';
    return props.sharing.share_delivered ? 'delivered' : 'sent';
  };
  const summary = () =>
    privacyWords.preview.summary(
      SHARES.filter((share) => props.sharing[share]).map((share) => privacyWords.preview.seen[share]),
    );

  return (
    <figure class="overflow-hidden rounded-2xl border border-line bg-canvas">
      <figcaption class="border-b border-line bg-panel px-4 pt-2 pb-1.5 text-xs font-semibold wrap-anywhere text-muted">
        {props.title}
      </figcaption>
      <p class="sr-only" role="status">
        {summary()}
      </p>
      <div class="pb-1.5" aria-hidden="true">
        <div class="flex h-14 items-center gap-3 border-b border-line bg-panel px-4">
          <Avatar user={props.me} online={props.sharing.share_presence} small />
          <span class="grid min-w-0">
            <span class="truncate leading-tight font-bold" dir="auto">
              {nameOf(props.me)}
            </span>
            <Show when={props.sharing.share_presence}>
              <span class="animate-rise text-sm leading-tight text-muted">{words.presence.online}</span>
            </Show>
          </span>
        </div>
        <div class="own-row flex justify-end px-4 pt-4 pb-1.5">
          <div class="bubble forced-colors:border">
            {privacyWords.preview.message}
            <span class="bubble-meta">
              {times.clock(at)}
              <Ticks status={status()} inWords />
            </span>
          </div>
        </div>
        <TypingStatus username={nameOf(props.me)} isTyping={props.sharing.share_typing} />
      </div>
    </figure>
  );
}
