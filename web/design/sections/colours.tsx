import { createEffect, createMemo, createSignal, For, onCleanup } from 'solid-js';
import rolesCss from '../../src/ui/styles/roles.css?raw';
import scaleCss from '../../src/ui/styles/scale.css?raw';
import { Section } from '../example';
import type { Look } from '../look';

/** The custom properties of the first `:root` of a style, in its order. */
export function namesIn(css: string): string[] {
  const block = /:root\s*\{([^}]*)\}/.exec(css.replaceAll(/\/\*[\s\S]*?\*\//g, ''))?.[1] ?? '';
  return [...block.matchAll(/^\s*--([\w-]+):/gm)].flatMap(([, name]) => name ?? []);
}

const MEDIA = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'];

/** Every role of the table in roles.css with its colour in this theme, and the scale that they are taken from. */
export function Colours(props: { look: Look }) {
  const [media, setMedia] = createSignal(0);
  createEffect(() => {
    const untilCleanup = new AbortController();
    onCleanup(() => untilCleanup.abort());
    for (const query of MEDIA)
      window.matchMedia(query).addEventListener('change', () => setMedia((n) => n + 1), untilCleanup);
  });
  return (
    <>
      <Section id="colours" title="Colours by role" text="One table for all themes: src/ui/styles/roles.css.">
        <Swatches names={namesIn(rolesCss)} change={[props.look, media()]} />
      </Section>
      <Section
        id="scale"
        title="Scale of colours"
        text="The only place with literal colours: src/ui/styles/scale.css. The same in every theme."
      >
        <Swatches names={namesIn(scaleCss)} change={null} />
      </Section>
    </>
  );
}

/** `change`: what the colours follow from. */
function Swatches(props: { names: readonly string[]; change: unknown }) {
  return (
    <div class="design-swatches">
      <For each={props.names}>{(name) => <Swatch name={name} change={props.change} />}</For>
    </div>
  );
}

function Swatch(props: { name: string; change: unknown }) {
  const [element, setElement] = createSignal<HTMLElement>();
  const value = createMemo(() => {
    const shown = props.change !== undefined && element();
    return shown ? hex(getComputedStyle(shown).backgroundColor) : '';
  });
  return (
    <div class="design-swatch">
      <span
        ref={(shown) => queueMicrotask(() => setElement(shown))}
        style={{ background: `var(--${props.name})` }}
      />
      <b>{props.name}</b>
      <code class="design-name">{value()}</code>
    </div>
  );
}

/** `rgb(1, 2, 3)` as `#010203`; what is not of that form as it is. */
function hex(colour: string): string {
  const channels = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour)?.slice(1);
  return channels
    ? `#${channels.map((each) => Number(each).toString(16).padStart(2, '0')).join('')}`
    : colour;
}
