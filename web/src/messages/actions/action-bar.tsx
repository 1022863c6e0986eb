import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from 'solid-js';
import { ariaShortcutsOf, titleWithKey } from '../../actions/shortcuts';
import type { ActionId } from '../../actions/table';
import { Drawing } from '../../ui/icon';
import { messageActionWords, times } from '../../words/words';
import type { ActionTarget, MessageAction } from './actions';

const MORE =
  'M5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2Zm7 0a1 1 0 1 0 0-2 1 1 0 0 0 0 2Zm7 0a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z';
/** Between the bar and what is beside it, in pixels. */
const GAP_PX = 6;

interface ActionBarProps {
  target: ActionTarget;
  actions: readonly MessageAction[];
  /** Whether the Tab key finds it: on the message that has the focus. */
  isReachable: boolean;
  onMore(): void;
}

/**
 * The actions that are used most, beside a message: where its own half of the row leaves room, else above it. It lies over
 * the row, so that nothing moves.
 */
export function ActionBar(props: ActionBarProps) {
  const row = createMemo(() => props.target.row);
  const [place, setPlace] = createSignal<Record<string, string>>({});
  let bar: HTMLDivElement | undefined;

  function put(): void {
    const bubble = row().firstElementChild;
    if (!bar || !bubble) return;
    const outer = row().getBoundingClientRect();
    const inner = bubble.getBoundingClientRect();
    const { width, height } = bar.getBoundingClientRect();
    const before = inner.left - outer.left;
    const after = outer.right - inner.right;
    const isBefore = before > after;
    const isBeside = Math.max(before, after) >= width + 2 * GAP_PX;
    const edge = isBefore ? before : outer.width - after;
    const left =
      isBeside === isBefore ? edge - width - (isBeside ? GAP_PX : 0) : edge + (isBeside ? GAP_PX : 0);
    // Above it, it lies a little over its edge, so that a pointer comes from one to the other.
    const top = inner.top - outer.top - (isBeside ? 2 : height - 4);
    const bottom = Math.max(0, outer.bottom - inner.bottom);
    setPlace({
      left: `${Math.min(Math.max(left, 0), outer.width - width)}px`,
      top: `${top}px`,
      bottom: `${bottom}px`,
    });
  }

  /** Arrow keys go through the buttons, of which one is a stop of the Tab key. */
  const [current, setCurrent] = createSignal(0);
  createEffect(on(row, () => setCurrent(0)));

  function onKeyDown(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      props.target.row.focus();
    }
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const step = { ArrowLeft: -forward, ArrowRight: forward }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setCurrent((current() + step + buttons.length) % buttons.length);
    buttons[current()]?.focus();
  }

  const tabIndex = (index: number) => (props.isReachable && current() === index ? 0 : -1);

  const box = (
    // No message: nothing that a screen reader announces.
    <div class="pointer-events-none absolute z-10" style={place()} aria-live="off" data-bar>
      <div
        ref={(element) => (bar = element)}
        role="toolbar"
        aria-label={messageActionWords.menu}
        class="pointer-events-auto sticky top-2 flex rounded-xl border border-line bg-raised p-0.5 text-muted shadow-float"
        onKeyDown={onKeyDown}
      >
        <For each={props.actions}>
          {(action, index) => (
            <BarButton
              label={action.label}
              row={action.row}
              icon={action.icon}
              tabIndex={tabIndex(index())}
              onClick={() => action.run(props.target)}
            />
          )}
        </For>
        <BarButton
          label={messageActionWords.more}
          row="messageMenu"
          icon={MORE}
          tabIndex={tabIndex(props.actions.length)}
          hasMenu
          onClick={() => props.onMore()}
        />
        {/* In a run of messages only the first shows its time. Screen readers find it in the message. */}
        <Show when={!props.target.bubble.isFirst}>
          <time class="self-center px-2 text-xs tabular-nums" aria-hidden="true">
            {times.clock(props.target.bubble.at)}
          </time>
        </Show>
      </div>
    </div>
  ) as HTMLElement;

  // In the row: it scrolls with it, and the Tab key comes to it from there.
  createEffect(on(row, (element) => element.append(box)));
  onCleanup(() => box.remove());
  createEffect(() => {
    put();
    const observer = new ResizeObserver(put);
    observer.observe(row());
    // An edit, or a font that comes late, may change its width alone.
    const bubble = row().firstElementChild;
    if (bubble) observer.observe(bubble);
    // It is wider beside a message that does not show its time.
    if (bar) observer.observe(bar);
    onCleanup(() => observer.disconnect());
  });
  return null;
}

interface BarButtonProps {
  label: string;
  /** Its keys are those of this row of the table. */
  row: ActionId | null;
  icon: string;
  tabIndex: number;
  hasMenu?: boolean;
  onClick(): void;
}

function BarButton(props: BarButtonProps) {
  return (
    <button
      type="button"
      class="grid size-8 place-items-center rounded-[0.625rem] coarse:size-11 hover:bg-hover hover:text-ink"
      tabIndex={props.tabIndex}
      aria-label={props.label}
      aria-keyshortcuts={props.row ? ariaShortcutsOf(props.row) : undefined}
      aria-haspopup={props.hasMenu ? 'menu' : undefined}
      title={props.row ? titleWithKey(props.label, props.row) : props.label}
      onClick={() => props.onClick()}
    >
      <Drawing path={props.icon} class="size-4.5" />
    </button>
  );
}
