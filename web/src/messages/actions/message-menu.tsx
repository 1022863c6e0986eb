import { Show } from 'solid-js';
import { MenuItems } from '../../ui/menu';
import { messageActionWords } from '../../words/words';
import type { ActionTarget, MessageAction } from './actions';
import { Layer, type Point } from './layer';
import { ReactionRow } from './reaction-row';

interface MessageMenuProps {
  target: ActionTarget;
  /** Null: as a sheet at the bottom of the window. */
  at: Point | null;
  /** Those that can be done to the message now. */
  actions: readonly MessageAction[];
  /** Nothing but reactions. */
  isForReactions: boolean;
  /** The reactions that the user has given. */
  own: readonly string[];
  onClose(): void;
  onReact(emoji: string): void;
  onMoreReactions(): void;
}

/** What can be done to a message, below the reactions to it. */
export function MessageMenu(props: MessageMenuProps) {
  const canReact = () => props.actions.some(({ id }) => id === 'react');
  const items = () => props.actions.filter(({ id }) => id !== 'react');
  const choose = (run: () => void) => {
    props.onClose();
    run();
  };
  return (
    <Layer at={props.at} opener={props.target.row} onClose={props.onClose}>
      <Show when={canReact()}>
        <div
          data-focus={props.isForReactions ? '' : undefined}
          classList={{ 'mb-1.5 border-b border-line pb-1.5': !props.isForReactions }}
        >
          <ReactionRow
            own={props.own}
            onChoose={(emoji) => choose(() => props.onReact(emoji))}
            onMore={() => choose(props.onMoreReactions)}
          />
        </div>
      </Show>
      <Show when={!props.isForReactions}>
        <div data-focus="">
          <MenuItems
            label={messageActionWords.menu}
            onChosen={props.onClose}
            items={items().map((action) => ({
              icon: action.icon,
              title: action.label,
              action: action.row,
              isDanger: action.isDanger,
              run: () => action.run(props.target),
            }))}
          />
        </div>
      </Show>
    </Layer>
  );
}
