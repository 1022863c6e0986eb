import { createSignal, Show, type JSX } from 'solid-js';
import { createChunk } from './chunk';

interface MenuButtonProps {
  /** The id of the menu that `load` brings. */
  menuId: string;
  /** Its accessible name; its content when absent. */
  label?: string;
  class: string;
  /** What the user reads when the menu cannot be loaded. */
  failure: string;
  load(): Promise<MenuOf>;
  children: JSX.Element;
}

/** Renders a menu. `opener` gets the focus back from the dialogs that it opens. */
export type MenuOf = (opener: HTMLElement | undefined) => JSX.Element;

/** Opens a menu whose code comes with the first touch. */
export function MenuButton(props: MenuButtonProps) {
  const [opener, setOpener] = createSignal<HTMLButtonElement>();
  const menu = createChunk(props.failure, () => props.load());
  return (
    <>
      <button
        ref={setOpener}
        type="button"
        class={props.class}
        aria-label={props.label}
        aria-haspopup="menu"
        popovertarget={props.menuId}
        onPointerEnter={menu.prepare}
        onFocus={menu.prepare}
        onClick={(event) => {
          // Once it is there, the browser opens and closes it, and only the browser: it may come before this click is over.
          if (menu.content()) return;
          event.preventDefault();
          menu.demand(() => document.getElementById(props.menuId)?.showPopover());
        }}
      >
        {props.children}
      </button>
      <Show when={menu.content()}>{(loaded) => loaded()(opener())}</Show>
    </>
  );
}
