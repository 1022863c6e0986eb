import { quoteOf } from '@parley/shared';
import { titleWithKey } from '../../actions/shortcuts';
import { useChat } from '../../realtime/chat.store';
import { Drawing, Icon } from '../../ui/icon';
import { messageActionWords } from '../../words/words';
import type { Mode } from '../composer/composer-mode';
import type { RoomLog } from '../log/room-log';
import { ICONS } from './actions';
import { quotedText } from './quote';

interface ComposingBarProps {
  mode: Mode;
  peerName: string;
  log: RoomLog;
  onCancel(): void;
}

/** Above the composer: which message is answered or edited, and the way out. */
export function ComposingBar(props: ComposingBarProps) {
  const { me } = useChat();
  const { composing } = messageActionWords;
  /** As it is now, where it is loaded: the other may edit or delete it. */
  const quote = () => {
    if (props.mode.kind === 'edit') return null;
    const kept = props.mode.quote;
    const segment = props.log.model.segment();
    const message = segment?.messages[kept.seq - segment.first];
    return message ? quoteOf(message) : kept;
  };
  const title = () => {
    const shown = quote();
    if (!shown) return composing.edit;
    return shown.sender_id === me ? composing.replyToSelf : composing.reply(props.peerName);
  };
  const text = () => {
    const shown = quote();
    return shown ? quotedText(shown) : props.mode.kind === 'edit' && props.mode.text;
  };
  const cancel = () => (quote() ? composing.cancelReply : composing.cancelEdit);

  return (
    <div
      class="chat-column chat-edges flex animate-rise items-center gap-3 pb-1"
      role="group"
      aria-label={title()}
      data-later
      data-composing={props.mode.kind}
    >
      <Drawing path={ICONS[props.mode.kind]} class="size-5 text-accent" />
      <div class="min-w-0 flex-1 border-s-2 border-accent py-0.5 ps-2.5 text-sm">
        <p class="truncate font-semibold text-accent" dir="auto">
          {title()}
        </p>
        <p class="truncate text-muted" dir="auto">
          {text()}
        </p>
      </div>
      <button
        type="button"
        class="button-quiet shrink-0 px-0 text-muted"
        aria-label={cancel()}
        aria-keyshortcuts="Escape"
        title={titleWithKey(cancel(), 'leave')}
        onClick={() => props.onCancel()}
      >
        <Icon name="close" class="size-4.5" />
      </button>
    </div>
  );
}
