import type { ClientRoom } from '@parley/client';
import { createSignal } from 'solid-js';
import { HttpError } from '../../api/http';
import { useSession } from '../../auth/session';
import { Dialog } from '../../ui/dialog';
import { secondWords } from '../../words/words';
import { findDay } from './find-day';

interface DateJumpProps {
  room: ClientRoom;
  /** The day that the field begins with, in milliseconds since 1970. */
  day: number;
  onFound(seq: number): void;
  onClose(): void;
}

/** Asks for a date, and finds the first message of that day, or the next one after it. */
export function DateJump(props: DateJumpProps) {
  const session = useSession();
  const [problem, setProblem] = createSignal('');
  const [isSearching, setSearching] = createSignal(false);
  let field: HTMLInputElement | undefined;

  async function jump(): Promise<void> {
    const date = field?.valueAsDate;
    if (!date || isSearching()) return;
    setProblem('');
    setSearching(true);
    try {
      const seq = await findDay(session, props.room, startOfDay(date));
      // It was closed meanwhile.
      if (!field?.isConnected) return;
      field.closest('dialog')?.close();
      props.onFound(seq);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      setProblem(secondWords.dateJump.failed);
    } finally {
      setSearching(false);
    }
  }

  return (
    <Dialog title={secondWords.dateJump.title} onClose={() => props.onClose()}>
      <form
        class="grid gap-3 px-5 pb-5"
        onSubmit={(event) => {
          event.preventDefault();
          void jump();
        }}
      >
        <input
          ref={(element) => (field = element)}
          type="date"
          class="text-field"
          aria-label={secondWords.dateJump.date}
          value={dateOf(props.day)}
          max={dateOf(Date.now())}
          required
          autofocus
        />
        <p class="text-sm text-danger empty:hidden" role="alert">
          {problem()}
        </p>
        <button type="submit" class="button-primary" aria-disabled={isSearching()}>
          {secondWords.dateJump.go}
        </button>
      </form>
    </Dialog>
  );
}

/** The local day, as the field has it: `2026-11-12`. */
function dateOf(time: number): string {
  const date = new Date(time);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** When a day begins for the user, as the days in the log do: the field's value is that day in UTC. */
function startOfDay(date: Date): number {
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()).getTime();
}
