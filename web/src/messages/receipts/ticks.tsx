import { Icon, type IconName } from '../../ui/icon';
import type { Status } from '../log/bubbles';

const ICONS: Record<Status, IconName> = {
  Sending: 'clock',
  Sent: 'tick',
  Delivered: 'ticks',
  Read: 'ticks',
  'Not sent': 'alert',
};

interface TicksProps {
  status: Status;
  /** Whether the word is seen too; it is always there to be heard. */
  inWords?: boolean;
  /** Whether it is only decoration, the word being said elsewhere. */
  silent?: boolean;
}

/** How far an own message has come: ✓ sent, ✓✓ delivered, blue ✓✓ read. */
export function Ticks(props: TicksProps) {
  return (
    <span class="inline-flex items-center gap-1">
      <span classList={{ 'sr-only': !props.inWords }}>{props.silent ? '' : props.status}</span>
      <Icon
        name={ICONS[props.status]}
        class={`size-4 ${props.status === 'Read' ? 'text-read' : ''} ${props.status === 'Not sent' ? 'text-danger' : ''}`}
      />
    </span>
  );
}
