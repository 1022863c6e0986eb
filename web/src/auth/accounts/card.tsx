import type { JSX } from 'solid-js';

interface CardProps {
  title: string;
  text?: string;
  children: JSX.Element;
}

/** The form of a page without a session. A card where there is room around it. */
export function Card(props: CardProps) {
  return (
    <section class="grid animate-rise gap-5 sm:rounded-3xl sm:border sm:border-line sm:bg-panel sm:p-7 sm:shadow-float">
      <header class="grid gap-1">
        <h1 class="text-2xl font-bold tracking-tight">{props.title}</h1>
        <p class="text-pretty text-muted empty:hidden">{props.text}</p>
      </header>
      {props.children}
    </section>
  );
}
