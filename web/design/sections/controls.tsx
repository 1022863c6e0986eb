import { For } from 'solid-js';
import { PaletteButton } from '../../src/actions/palette-button';
import { Drawing } from '../../src/ui/icon';
import { createFilters, Filters } from '../../src/search/filters';
import { ChoiceRow, SwitchRow } from '../../src/settings/setting-rows';
import { settingsWords } from '../../src/words/words';
import { PIN } from '../../src/rooms/room-signs';
import { Example, Examples, inState, Section } from '../example';
import { DesignSession } from '../session';

const BUTTONS = ['button-primary', 'button-secondary', 'button-danger', 'button-quiet', 'text-link'];
const STATES = ['rest', 'hover', 'focus-visible'];
const nothing = () => undefined;

/** A disabled button keeps the focus and its look; what it would do is said beside it (`aria-disabled`). */
export function Buttons() {
  return (
    <Section id="buttons" title="Buttons">
      <For each={BUTTONS}>
        {(name) => (
          <Examples>
            <For each={STATES}>
              {(state) => (
                <Example label={`${name}, ${state}`}>
                  <button type="button" class={name} ref={inState(state)}>
                    Start a chat
                  </button>
                </Example>
              )}
            </For>
            <Example label={`${name}, disabled`}>
              <button type="button" class={name} aria-disabled="true">
                Start a chat
              </button>
            </Example>
          </Examples>
        )}
      </For>
      <Examples>
        <For each={STATES}>
          {(state) => (
            <Example label={`button-quiet with an icon, ${state}`}>
              <button
                type="button"
                class="button-quiet px-0"
                aria-label={`Pin, ${state}`}
                ref={inState(state)}
              >
                <Drawing path={PIN} class="size-5" />
              </button>
            </Example>
          )}
        </For>
      </Examples>
    </Section>
  );
}

const FIELDS = [
  { state: 'rest', value: '' },
  { state: 'hover', value: 'Filled in' },
  { state: 'focus', value: 'With the focus' },
] as const;

export function Fields() {
  const { theme, announcements } = settingsWords.choices;
  const { sounds } = settingsWords.notify;
  return (
    <Section id="fields" title="Fields, choices, switches">
      <Examples>
        <For each={FIELDS}>
          {({ state, value }) => (
            <Example label={`text-field, ${state}`}>
              <input
                class="text-field"
                aria-label={state}
                placeholder="Name"
                value={value}
                ref={inState(state)}
              />
            </Example>
          )}
        </For>
        <Example label="text-field, invalid">
          <input class="text-field" aria-label="invalid" aria-invalid="true" value="Too short" />
        </Example>
        <Example label="text-field, invalid with the focus">
          <input
            class="text-field"
            aria-label="invalid with the focus"
            aria-invalid="true"
            value="Too short"
            ref={inState('focus')}
          />
        </Example>
        <Example label="text-field, disabled">
          <input class="text-field" aria-label="disabled" value="Not now" disabled />
        </Example>
      </Examples>
      <DesignSession>
        <Examples>
          <Example label="palette-button">
            <PaletteButton />
          </Example>
          <Example label="palette-button, hover">
            <div ref={inState('hover', 'button')}>
              <PaletteButton />
            </div>
          </Example>
          <Example label="key-cap">
            <kbd class="key-cap">Ctrl</kbd> <kbd class="key-cap">K</kbd>
          </Example>
          <Example label="Filters of the search" isWide>
            <Filters filters={createFilters()} />
          </Example>
        </Examples>
      </DesignSession>
      <Examples>
        <Example label="ChoiceRow">
          <ChoiceRow
            name="design-theme"
            values={['system', 'light', 'dark']}
            words={theme}
            value="light"
            onChange={nothing}
          />
        </Example>
        <Example label="ChoiceRow of long choices">
          <ChoiceRow
            name="design-announcements"
            values={['all', 'brief', 'none']}
            words={announcements}
            value="brief"
            onChange={nothing}
          />
        </Example>
        <Example label="SwitchRow, off">
          <SwitchRow name="design-off" words={sounds} value={false} onChange={nothing} />
        </Example>
        <Example label="SwitchRow, on">
          <SwitchRow name="design-on" words={sounds} value onChange={nothing} />
        </Example>
        <Example label="SwitchRow, disabled">
          <SwitchRow name="design-disabled" words={sounds} value isDisabled onChange={nothing} />
        </Example>
        <Example label="skip-link, focus">
          <div class="design-contained" ref={inState('focus', 'a')}>
            <a class="skip-link" href="#fields">
              Skip to the chat
            </a>
          </div>
        </Example>
      </Examples>
    </Section>
  );
}
