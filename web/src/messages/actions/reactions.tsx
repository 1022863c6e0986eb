import type { Reaction } from '@parley/shared';
import { For } from 'solid-js';
import { useChat } from '../../realtime/chat.store';
import { words } from '../../words/words';

interface ReactionsProps {
  reactions: readonly Reaction[];
  peerName: string;
  tabIndex: number;
}

/** What people have reacted with, below a message: each switches the user's own on or off. */
export function Reactions(props: ReactionsProps) {
  const { me } = useChat();
  return (
    <div
      class="z-1 -mt-1 flex max-w-[min(36rem,82%)] flex-wrap gap-1 px-2 coarse:gap-y-4 coarse:pb-2"
      data-later
    >
      {/* By emoji: with a new count, the button that has the focus stays. */}
      <For each={props.reactions.map(({ emoji }) => emoji)}>
        {(emoji) => {
          const userIds = () => props.reactions.find((each) => each.emoji === emoji)?.user_ids ?? [];
          const who = () =>
            userIds()
              .map((id) => (id === me ? words.messages.you : props.peerName))
              .join(', ');
          return (
            <button
              type="button"
              class="finger-target flex h-7 items-center justify-center gap-1 rounded-full border border-line bg-raised px-2 text-xs font-semibold tabular-nums coarse:min-w-11 aria-pressed:border-accent aria-pressed:bg-selected aria-pressed:text-accent forced-colors:aria-pressed:outline-2"
              tabIndex={props.tabIndex}
              aria-pressed={userIds().includes(me)}
              aria-label={`${emoji} ${userIds().length}, ${who()}`}
              title={who()}
              data-action="react"
              data-emoji={emoji}
            >
              <span class="text-sm leading-none">{emoji}</span>
              {userIds().length}
            </button>
          );
        }}
      </For>
    </div>
  );
}
