import { words } from '../../words/words';
import { Icon, type IconName } from '../../ui/icon';
import type { MessageStatus } from '../log/bubbles';

const ICONS: Record<MessageStatus, IconName> = {
  sending: 'clock',
  sent: 'tick',
  delivered: 'ticks',
  read: 'read',
  failed: 'alert',
};

interface TicksProps {
  status: MessageStatus;
  /** Whether the word is visible; screen readers always have it. */
  inWords?: boolean;
  /** Only decoration: the word is elsewhere. */
  silent?: boolean;
}

/**
 * How far an own message has come, by shape: a clock, ✓ sent, ✓✓ delivered, a disc with a tick read. All are of one size, so that
 * nothing moves when one takes the place of another.
 */
export function Ticks(props: TicksProps) {
  return (
    <span class="inline-flex items-center gap-1">
      <span classList={{ 'sr-only': !props.inWords }}>
        {props.silent ? '' : words.messages.status[props.status]}
      </span>
      <Icon name={ICONS[props.status]} class={`size-4 tick-${props.status}`} />
    </span>
  );
}
