import { For, onCleanup, Show, type JSX } from 'solid-js';
import { ariaShortcutsOf, shortcutOf } from '../actions/shortcuts';
import type { ActionId } from '../actions/table';
import { leaveLayer, openLayer } from '../routing/router';
import { Drawing } from './icon';

/** One thing that a menu offers. */
export interface MenuItem {
  /** The path of its icon, in a box of 24 × 24. */
  icon: string;
  title: string;
  /** Its row in the table of actions, whose key does the same without the menu. */
  action?: ActionId | null;
  /** Takes something away from somebody. */
  isDanger?: boolean;
  run(): void;
}

interface MenuProps {
  id: string;
  label: string;
  /** Where it is. */
  class: string;
  /** Stands above the items. */
  header?: JSX.Element;
  items: readonly MenuItem[];
}

/** A menu in a popover of the browser. Escape, Back and a click beside it close it. */
export function Menu(props: MenuProps) {
  let menu: HTMLDivElement | undefined;
  const close = () => menu?.hidePopover();
  onCleanup(() => leaveLayer(close));

  /** `toggle` comes a task later, in which Back would leave the page under the menu. */
  function onBeforeToggle(event: ToggleEvent): void {
    if (event.newState === 'open') openLayer(close);
  }

  function onToggle(event: ToggleEvent): void {
    if (event.newState === 'closed') leaveLayer(close);
    else menu?.querySelector<HTMLElement>('select, button')?.focus();
  }

  return (
    <div
      ref={(element) => (menu = element)}
      id={props.id}
      popover="auto"
      class={`menu-box fixed inset-auto m-0 max-w-[calc(100vw-1.5rem)] ${props.class}`}
      onBeforeToggle={onBeforeToggle}
      onToggle={onToggle}
    >
      {props.header}
      <Show when={props.items.length}>
        <MenuItems label={props.label} items={props.items} onChosen={close} />
      </Show>
    </div>
  );
}

interface MenuItemsProps {
  label: string;
  items: readonly MenuItem[];
  /** Called before an item runs. */
  onChosen(): void;
}

const keysOf = (action: ActionId | null | undefined) => (action ? ariaShortcutsOf(action) : undefined);
const shortcutFor = (action: ActionId | null | undefined) => action && shortcutOf(action);

/** The items of a menu; arrow keys go through them. One that becomes another while the menu is open keeps the focus. */
export function MenuItems(props: MenuItemsProps) {
  return (
    <div role="menu" aria-label={props.label} class="grid" onKeyDown={moveFocus}>
      <For each={props.items.map((_, index) => index)}>
        {(index) => {
          const item = () => props.items[index];
          return (
            <button
              type="button"
              role="menuitem"
              class="flex min-h-11 items-center gap-3 rounded-xl px-2.5 text-start font-medium -outline-offset-2 hover:bg-hover"
              classList={{ 'text-danger': item()?.isDanger }}
              aria-keyshortcuts={keysOf(item()?.action)}
              onClick={() => {
                const chosen = item();
                props.onChosen();
                chosen?.run();
              }}
            >
              <Drawing path={item()?.icon ?? ''} class={item()?.isDanger ? 'size-5' : 'size-5 text-muted'} />
              <span class="min-w-0 py-1 wrap-anywhere">{item()?.title}</span>
              <Show when={shortcutFor(item()?.action)}>
                {(shortcut) => (
                  <kbd class="ms-auto ps-4 font-sans text-xs text-muted coarse:hidden" aria-hidden="true">
                    {shortcut()}
                  </kbd>
                )}
              </Show>
            </button>
          );
        }}
      </For>
    </div>
  );
}

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const items = [...event.currentTarget.querySelectorAll('button')];
  const index = items.findIndex((item) => item === document.activeElement);
  const last = items.length - 1;
  const target = {
    ArrowUp: index > 0 ? index - 1 : last,
    ArrowDown: index < last ? index + 1 : 0,
    Home: 0,
    End: last,
  }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  items[target]?.focus();
}
