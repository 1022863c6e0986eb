import { createSignal, For } from 'solid-js';
import { SETTING_CHOICES } from '@parley/shared';
import { Brand } from '../src/ui/brand';
import { LOOK, lookOf, queryOf, showLook, type Look } from './look';
import { Avatars, Icons } from './sections/people';
import { Bubbles } from './sections/bubbles';
import { ChatParts } from './sections/chat';
import { Colours } from './sections/colours';
import { Buttons, Fields } from './sections/controls';
import { Layers } from './sections/layers';
import { EmptyStates, Notices, Waiting } from './sections/notices';
import { RoomRows } from './sections/rows';
import { Sizes, Type } from './sections/scale';

/** Every token and every component in every state. */
export function Gallery() {
  const [look, setLook] = createSignal(lookOf(new URLSearchParams(window.location.search)));
  function change(next: Partial<Look>): void {
    setLook({ ...look(), ...next });
    showLook(look());
    const query = String(queryOf(look()));
    window.history.replaceState(null, '', query === '' ? window.location.pathname : `?${query}`);
  }
  return (
    <>
      <header class="design-header">
        <Brand />
        <h1>Design system</h1>
        <For each={LOOK}>
          {(name) => (
            <label>
              {name.replace('_', ' ')}
              <select
                value={look()[name]}
                onChange={({ currentTarget }) => change({ [name]: currentTarget.value })}
              >
                <For each={SETTING_CHOICES[name]}>{(value) => <option value={value}>{value}</option>}</For>
              </select>
            </label>
          )}
        </For>
        <label>
          direction
          <select
            value={look().direction}
            onChange={({ currentTarget }) => change({ direction: currentTarget.value as Look['direction'] })}
          >
            <option value="ltr">ltr</option>
            <option value="rtl">rtl</option>
          </select>
        </label>
      </header>
      <main class="design-page">
        <Colours look={look()} />
        <Type />
        <Sizes look={look()} />
        <Buttons />
        <Fields />
        <Icons />
        <Avatars />
        <RoomRows />
        <Bubbles />
        <ChatParts />
        <Notices />
        <EmptyStates />
        <Waiting />
        <Layers look={look()} />
      </main>
    </>
  );
}
