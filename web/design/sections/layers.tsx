import { For } from 'solid-js';
import { Section } from '../example';
import { LAYERS } from '../layer-names';
import { queryOf, type Look } from '../look';

/** Menus and dialogs are in the top layer of their window: each has a window of its own. */
export function Layers(props: { look: Look }) {
  const query = (name: string) => {
    const params = queryOf(props.look);
    params.set('layer', name);
    return `?${params}`;
  };
  return (
    <Section id="layers" title="Menus and dialogs">
      <div class="design-frames">
        <For each={LAYERS}>
          {(name) => (
            <figure>
              <iframe title={name} src={query(name)} width="390" height="640" loading="lazy" />
              <figcaption>
                <a class="text-link" href={query(name)}>
                  {name}
                </a>
              </figcaption>
            </figure>
          )}
        </For>
      </div>
    </Section>
  );
}
