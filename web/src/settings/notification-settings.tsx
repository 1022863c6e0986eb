import type { QuietHours } from '@parley/shared';
import { createSignal, Match, onCleanup, Show, Switch } from 'solid-js';
import { settingsWords } from '../words/words';
import { askPermission, permission, watchPermission } from '../notifications/permission';
import { changeSettings } from './change-settings';
import { SwitchRow } from './setting-rows';
import { useSettings } from './settings.store';

const words = () => settingsWords.notify;

/** Notifications, sounds and the hours without them. The browser is asked when the user turns notifications on. */
export function NotificationSettings() {
  const settings = useSettings();
  onCleanup(watchPermission());
  const isOn = () => settings().notifications;

  return (
    <>
      <div>
        <SwitchRow
          name="notifications"
          words={words().notifications}
          value={isOn()}
          onChange={(on) => void turnOn(on)}
        />
        <Show when={isOn()}>
          <div class="pb-2 text-sm text-pretty" role="status">
            <Switch>
              <Match when={permission() === 'denied'}>
                <p class="text-danger">{words().blocked}</p>
              </Match>
              <Match when={permission() === 'unsupported'}>
                <p class="text-muted">{words().unsupported}</p>
              </Match>
              <Match when={permission() === 'default'}>
                <p class="text-muted">{words().notAsked}</p>
                <button type="button" class="button-quiet text-accent" onClick={() => void askPermission()}>
                  {words().allow}
                </button>
              </Match>
            </Switch>
          </div>
        </Show>
      </div>
      <Show when={isOn()}>
        <SwitchRow
          name="notification_text"
          words={words().notification_text}
          value={settings().notification_text}
          onChange={(on) => changeSettings({ notification_text: on })}
        />
      </Show>
      <SwitchRow
        name="sounds"
        words={words().sounds}
        value={settings().sounds}
        onChange={(on) => changeSettings({ sounds: on })}
      />
      <Quiet />
    </>
  );
}

const deviceZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

async function turnOn(on: boolean): Promise<void> {
  changeSettings({ notifications: on });
  if (on) await askPermission();
}

/** Hours of the night, until the user chooses others. */
const night = (): QuietHours => ({ from: '22:00', to: '07:00', time_zone: deviceZone() });

function Quiet() {
  const settings = useSettings();
  const hours = () => settings().quiet_hours;
  /** What they were, for a user who turns them off and on again. */
  const [last, setLast] = createSignal(night());

  function change(next: Partial<QuietHours>): void {
    // A time that is emptied is on its way to become another one.
    if (Object.values(next).includes('')) return;
    changeSettings({ quiet_hours: { ...(hours() ?? night()), ...next } });
  }

  function turn(on: boolean): void {
    const before = hours();
    if (before) setLast(before);
    changeSettings({ quiet_hours: on ? last() : null });
  }

  return (
    <div>
      <SwitchRow name="quiet_hours" words={words().quiet_hours} value={hours() !== null} onChange={turn} />
      <Show when={hours()}>
        {(quiet) => (
          <div class="flex flex-wrap items-end gap-3 pb-2 text-sm">
            <Time label={words().from} value={quiet().from} onChange={(from) => change({ from })} />
            <Time label={words().to} value={quiet().to} onChange={(to) => change({ to })} />
            <p class="flex min-h-11 items-center text-muted">{words().zone(quiet().time_zone)}</p>
            <Show when={quiet().time_zone !== deviceZone()}>
              <button
                type="button"
                class="button-quiet text-accent"
                onClick={() => change({ time_zone: deviceZone() })}
              >
                {words().useZone(deviceZone())}
              </button>
            </Show>
          </div>
        )}
      </Show>
    </div>
  );
}

function Time(props: { label: string; value: string; onChange(time: string): void }) {
  return (
    <label class="grid gap-1">
      <span class="text-muted">{props.label}</span>
      <input
        type="time"
        class="min-h-11 rounded-xl border border-line-strong bg-raised px-3"
        required
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </label>
  );
}
