import { SETTING_CHOICES, type UserSettings } from '@parley/shared';
import { For, Show, type JSX } from 'solid-js';
import { Dialog } from '../ui/dialog';
import { settingsWords } from '../words/words';
import { changeSettings, isSettingWaiting } from './change-settings';
import { NotificationSettings } from './notification-settings';
import { ChoiceRow } from './setting-rows';
import { useSettings } from './settings.store';

type Choice = keyof typeof SETTING_CHOICES;

/** How the user wants the page to be. Each change takes effect at once, here and on the user's other devices. */
export function SettingsDialog(props: { onClose(): void }) {
  return (
    <Dialog title={settingsWords.title} onClose={props.onClose}>
      <p class="px-5 pb-3 text-sm text-pretty text-muted">{settingsWords.text}</p>
      <div class="slim-scrollbar flex min-h-40 flex-col gap-6 overflow-y-auto *:shrink-0 px-5 pb-5">
        <Section title={settingsWords.appearance}>
          <Choices names={['theme', 'contrast', 'text_size', 'density', 'motion']} />
        </Section>
        <Section title={settingsWords.notifications}>
          <NotificationSettings />
        </Section>
        <Section title={settingsWords.writing}>
          <Choices names={['enter']} />
        </Section>
        <Section title={settingsWords.screenReader}>
          <Choices names={['announcements']} />
        </Section>
      </div>
      <Show when={isSettingWaiting()}>
        <p class="border-t border-line px-5 py-3 text-sm text-muted" role="status">
          {settingsWords.waiting}
        </p>
      </Show>
    </Dialog>
  );
}

function Section(props: { title: string; children: JSX.Element }) {
  return (
    <section class="grid gap-1" aria-label={props.title}>
      <h3 class="text-sm font-semibold text-accent">{props.title}</h3>
      <div class="grid divide-y divide-line">{props.children}</div>
    </section>
  );
}

function Choices<Name extends Choice>(props: { names: readonly Name[] }) {
  const settings = useSettings();
  return (
    <For each={props.names}>
      {(name) => (
        <ChoiceRow
          name={name}
          values={SETTING_CHOICES[name]}
          words={settingsWords.choices[name]}
          value={settings()[name]}
          onChange={(value) => changeSettings({ [name]: value } as Partial<UserSettings>)}
        />
      )}
    </For>
  );
}
