import { accountWords } from '../../words/words';
import { Dialog } from '../../ui/dialog';

interface LogOutProps {
  /** Messages that the server has not confirmed. */
  unsent: number;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before unsent messages are deleted. */
export function LogOut(props: LogOutProps) {
  return (
    <Dialog title={accountWords.logOut.question} onClose={props.onClose}>
      <div class="grid gap-5 px-5 pb-5">
        <p class="text-pretty text-muted">{accountWords.logOut.unsent(props.unsent)}</p>
        <div class="flex flex-wrap justify-end gap-2">
          <button type="button" class="button-quiet" onClick={() => props.onClose()}>
            {accountWords.cancel}
          </button>
          <button
            type="button"
            class="button-danger"
            onClick={() => {
              props.onClose();
              props.onConfirm();
            }}
          >
            {accountWords.logOut.confirm}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
