import type { JSX } from 'solid-js';

interface SectionProps {
  /** Its anchor, and the name of its screenshots. */
  id: string;
  title: string;
  text?: string;
  children: JSX.Element;
}

/** One part of the design system. */
export function Section(props: SectionProps) {
  return (
    <section id={props.id} class="design-section" aria-labelledby={`${props.id}-title`}>
      <h2 id={`${props.id}-title`}>{props.title}</h2>
      {props.text && <p class="design-text">{props.text}</p>}
      {props.children}
    </section>
  );
}

/** A component in one state, and the name of the state. */
export function Example(props: { label: string; isWide?: boolean; children: JSX.Element }) {
  return (
    <figure class="design-example" classList={{ 'design-wide': props.isWide }}>
      <div>{props.children}</div>
      <figcaption>{props.label}</figcaption>
    </figure>
  );
}

export function Examples(props: { children: JSX.Element }) {
  return <div class="design-examples">{props.children}</div>;
}

/** Makes an element look as in a state (pseudo-states.ts): `ref={inState('hover')}`, or around it with a selector. */
export function inState(state: string, selector?: string): (element: Element) => void {
  return (element) => {
    const mark = () => {
      const target = selector === undefined ? element : element.querySelector(selector);
      if (target instanceof HTMLElement) target.dataset.state = state;
    };
    queueMicrotask(mark);
  };
}
