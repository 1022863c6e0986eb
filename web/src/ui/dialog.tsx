import type { JSX } from 'solid-js';
import { words } from '../words/words';
import { Icon } from './icon';
import { createModal } from './modal';

interface DialogProps {
  title: string;
  /** It was closed: to be removed now, and the focus to be put somewhere. */
  onClose(): void;
  children: JSX.Element;
}

/**
 * A modal dialog of the browser, open as long as it is rendered. Escape, Back and a click beside it close it. The focus is
 * on the element inside with `autofocus`, else on the title.
 */
export function Dialog(props: DialogProps) {
  let dialog: HTMLDialogElement | undefined;
  let title: HTMLHeadingElement | undefined;
  const close = createModal(
    () => dialog,
    (opened) => opened.querySelector('[autofocus]') ?? title?.focus(),
  );

  return (
    <dialog
      ref={(element) => (dialog = element)}
      class="dialog-box"
      aria-labelledby="dialog-title"
      onClose={() => props.onClose()}
      // On the backdrop: everything inside is a child.
      onPointerDown={(event) => event.target === dialog && void close()}
    >
      <header class="flex items-center justify-between py-2 pe-2 ps-5">
        <h2
          ref={(element) => (title = element)}
          id="dialog-title"
          class="min-w-0 text-lg font-bold wrap-anywhere"
          tabIndex={-1}
        >
          {props.title}
        </h2>
        <button type="button" class="button-quiet" aria-label={words.close} onClick={() => void close()}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}
