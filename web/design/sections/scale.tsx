import { createMemo, createSignal, For } from 'solid-js';
import componentsCss from '../../src/ui/styles/components.css?raw';
import { Section } from '../example';
import type { Look } from '../look';
import { namesIn } from './colours';

const themed = (prefix: string) =>
  [...componentsCss.matchAll(new RegExp(`^ {2}--(${prefix}-\\w+):`, 'gm'))].flatMap(([, name]) => name ?? []);
const SIZES = themed('text').filter((name) => !name.startsWith('text-base-'));
const WEIGHTS = themed('font-weight');
const PANGRAM = 'Private chats of two, quick as a fox';
/** Multiples of Tailwind's step that the page uses, and its radii. */
const STEPS = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const RADII = ['md', 'lg', 'xl', '2xl', '3xl'];

export function Type() {
  return (
    <Section
      id="type"
      title="Type"
      text="Figtree for everything, JetBrains Mono for code. Five sizes, three weights."
    >
      <div class="design-type">
        <For each={SIZES}>
          {(size) => (
            <p style={{ 'font-size': `var(--${size})` }}>
              <code class="design-name">{size}</code> {PANGRAM}
            </p>
          )}
        </For>
        <For each={WEIGHTS}>
          {(weight) => (
            <p style={{ 'font-weight': `var(--${weight})` }}>
              <code class="design-name">{weight}</code> {PANGRAM}
            </p>
          )}
        </For>
        <p style={{ 'font-family': 'var(--font-mono)' }}>
          <code class="design-name">font-mono</code> {PANGRAM}
        </p>
        <p class="tabular-nums">
          <code class="design-name">tabular-nums</code> 10:11 AM, 12:48 PM, 99+
        </p>
      </div>
    </Section>
  );
}

const LENGTHS = namesIn(componentsCss).filter((name) => /height|avatar$|padding|gap/.test(name));
const MOTIONS = namesIn(componentsCss).filter((name) => name.startsWith('motion'));

/** Space, radii, sizes by density, and durations. */
export function Sizes(props: { look: Look }) {
  return (
    <Section id="sizes" title="Space, radius, density, motion">
      <div class="design-steps">
        <For each={STEPS}>
          {(step) => (
            <span>
              <i
                style={{ width: `calc(var(--spacing) * ${step})`, height: `calc(var(--spacing) * ${step})` }}
              />
              {step}
            </span>
          )}
        </For>
      </div>
      <div class="design-steps">
        <For each={RADII}>
          {(radius) => (
            <span>
              <i class="design-radius" style={{ 'border-radius': `var(--radius-${radius})` }} />
              {radius}
            </span>
          )}
        </For>
        <span>
          <i class="design-radius" style={{ 'box-shadow': 'var(--shadow)', 'border-color': 'var(--line)' }} />
          shadow
        </span>
      </div>
      <table class="design-table">
        <thead>
          <tr>
            <th>token</th>
            <th>as chosen</th>
            <th>compact</th>
          </tr>
        </thead>
        <tbody>
          <For each={LENGTHS}>
            {(name) => (
              <tr>
                <td>{name}</td>
                <Value name={name} look={props.look} />
                <Value name={name} look={props.look} isCompact />
              </tr>
            )}
          </For>
          <For each={MOTIONS}>
            {(name) => (
              <tr>
                <td>{name}</td>
                <Value name={name} look={props.look} />
                <td />
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </Section>
  );
}

/** What a custom property is where this cell is. */
function Value(props: { name: string; look: Look; isCompact?: boolean }) {
  const [cell, setCell] = createSignal<HTMLElement>();
  const value = createMemo(() => {
    const element = props.look && cell();
    return element ? getComputedStyle(element).getPropertyValue(`--${props.name}`) : '';
  });
  return (
    <td
      ref={(element) => queueMicrotask(() => setCell(element))}
      data-density={props.isCompact ? 'compact' : undefined}
    >
      {value()}
    </td>
  );
}
