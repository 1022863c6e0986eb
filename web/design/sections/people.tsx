import { For } from 'solid-js';
import { Avatar } from '../../src/ui/avatar';
import { Brand } from '../../src/ui/brand';
import { Icon, ICON_NAMES } from '../../src/ui/icon';
import { Ticks } from '../../src/messages/receipts/ticks';
import { Example, Examples, Section } from '../example';
import { PEOPLE } from '../sample-data';
import { DesignSession } from '../session';

const STATUSES = ['sending', 'sent', 'delivered', 'read', 'failed'] as const;

export function Icons() {
  return (
    <Section id="icons" title="Mark, icons, ticks">
      <Examples>
        <Example label="Brand">
          <Brand />
        </Example>
        <For each={ICON_NAMES}>
          {(name) => (
            <Example label={name}>
              <Icon name={name} />
            </Example>
          )}
        </For>
        <For each={STATUSES}>
          {(status) => (
            <Example label={`Ticks, ${status}`}>
              <Ticks status={status} inWords />
            </Example>
          )}
        </For>
      </Examples>
    </Section>
  );
}

export function Avatars() {
  const faces = Object.values(PEOPLE).filter(({ avatar }) => !avatar);
  return (
    <Section id="avatars" title="Avatars" text="Hue by the id, five patterns; presence is a dot.">
      <DesignSession>
        <Examples>
          <For each={faces.slice(0, 5)}>
            {(user) => (
              <Example label={`pattern ${user.id % 5}`}>
                <Avatar user={user} />
              </Example>
            )}
          </For>
          <Example label="picture">
            <Avatar user={PEOPLE.barbara} />
          </Example>
          <Example label="online">
            <Avatar user={PEOPLE.grace} online />
          </Example>
          <Example label="last known online">
            <Avatar user={PEOPLE.grace} online stale />
          </Example>
          <Example label="small">
            <Avatar user={PEOPLE.alan} small />
          </Example>
          <Example label="small, online">
            <Avatar user={PEOPLE.katherine} small online />
          </Example>
        </Examples>
      </DesignSession>
    </Section>
  );
}
