import { onCleanup, onMount, type JSX } from 'solid-js';
import { leaveLayer, openLayer } from '../routing/router';
import { words } from '../words/words';
import { Icon } from './icon';
import { leave } from './leaving';

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
  const close = () => dialog?.close();

  onMount(() => {
    dialog?.showModal();
    if (!dialog?.querySelector('[autofocus]')) title?.focus();
    openLayer(close);
  });
  onCleanup(() => {
    leaveLayer(close);
    leave(dialog);
  });

  return (
    <dialog
      ref={(element) => (dialog = element)}
      class="dialog-box"
      aria-labelledby="dialog-title"
      onClose={() => props.onClose()}
      // On the backdrop: everything inside is a child.
      onPointerDown={(event) => event.target === dialog && close()}
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
        <button type="button" class="button-quiet" aria-label={words.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}
