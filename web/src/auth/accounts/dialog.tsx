import { onCleanup, onMount, type JSX } from 'solid-js';
import { leaveLayer, openLayer } from '../../routing/router';
import { Icon } from '../../ui/icon';
import { words } from '../../words/words';

interface DialogProps {
  title: string;
  onClose(): void;
  children: JSX.Element;
}

/** A modal dialog of the browser, open as long as it is rendered. Escape, Back and a click beside it close it. */
export function Dialog(props: DialogProps) {
  let dialog: HTMLDialogElement | undefined;
  const close = () => dialog?.close();

  onMount(() => {
    dialog?.showModal();
    openLayer(close);
  });
  onCleanup(() => leaveLayer(close));

  return (
    <dialog
      ref={(element) => (dialog = element)}
      class="dialog-box"
      aria-labelledby="account-dialog-title"
      onClose={() => props.onClose()}
      // On the backdrop: everything inside is a child.
      onPointerDown={(event) => event.target === dialog && close()}
    >
      <header class="flex items-center justify-between py-2 pr-2 pl-5">
        <h2 id="account-dialog-title" class="text-lg font-bold outline-none" tabIndex={-1} autofocus>
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
