import { createSignal, Show } from 'solid-js';
import { createChunk } from '../../ui/chunk';
import { loadNewChatWords, words } from '../../words/words';
import { ActingAs, type ActingAsProps } from './acting-as';

/** The dialog that finds the users whom "Acting as" does not list; its code comes when it is wanted. */
export function createSomeoneElse(props: Pick<ActingAsProps, 'identity' | 'roomFor'>, onClose?: () => void) {
  const [isOpen, setOpen] = createSignal(false);
  const dialog = createChunk(words.notLoaded.account, async () => {
    const [{ SomeoneElseDialog }] = await Promise.all([import('./someone-else-dialog'), loadNewChatWords()]);
    return SomeoneElseDialog;
  });
  return {
    open: () => dialog.demand(() => setOpen(true)),
    /** To be rendered outside of a menu, which closes when the dialog opens. */
    Place: () => (
      <Show when={isOpen() && dialog.content()} keyed>
        {(Dialog) => (
          <Dialog
            identity={props.identity}
            roomFor={props.roomFor}
            onClose={() => {
              setOpen(false);
              onClose?.();
            }}
          />
        )}
      </Show>
    ),
  };
}

/** Chooses who a window is that is nobody yet. */
export function ActingAsAnyone(props: Pick<ActingAsProps, 'identity'>) {
  let place: HTMLDivElement | undefined;
  const someoneElse = createSomeoneElse(props, () => place?.querySelector('select')?.focus());
  return (
    <div ref={(element) => (place = element)} class="flex w-full">
      <ActingAs identity={props.identity} onSomeoneElse={someoneElse.open} />
      <someoneElse.Place />
    </div>
  );
}
