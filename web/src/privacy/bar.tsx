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
      <div class="mx-auto grid w-full max-w-4xl animate-rise grid-cols-[minmax(0,1fr)] gap-3 px-4 pt-3 sm:px-6">
        {props.children}
        <p class="text-sm font-medium text-danger empty:hidden" role="alert">
          {props.problem}
        </p>
      </div>
    </section>
  );
}
