import type { JSX } from 'solid-js';

interface BarProps {
  label: string;
  /** What went wrong with the last action. */
  problem: string;
  children: JSX.Element;
}

/** The frame of what stands in the place of the composer. */
export function Bar(props: BarProps) {
  return (
    <section
      class="border-t border-line bg-panel pb-[max(0.75rem,env(safe-area-inset-bottom))]"
      aria-label={props.label}
    >
      <div class="chat-column chat-edges grid animate-rise grid-cols-[minmax(0,1fr)] gap-3 pt-3">
        {props.children}
        <p class="text-sm font-medium text-danger empty:hidden" role="alert">
          {props.problem}
        </p>
      </div>
    </section>
  );
}
