import type { SessionInfo } from '@parley/shared';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry } from '../../api/retry';
import { now } from '../../ui/clock';
import { accountWords } from '../../words/words';
import { endDevice, endOtherDevices, listDevices } from './accounts.api';
import { Dialog } from '../../ui/dialog';
import { ago } from './durations';
import { Confirmation, ListSkeleton, NotLoaded, Tag } from './list-parts';

/** Where the user is signed in. Each of the other sessions can be ended, and all of them at once. */
export function Devices(props: { onClose(): void }) {
  const [devices, setDevices] = createSignal<SessionInfo[]>();
  const [isAsked, setAsked] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const [problem, setProblem] = createSignal('');
  const others = () => devices()?.filter(({ current }) => !current) ?? [];
  let list: HTMLUListElement | undefined;

  const load = createRetry(async (isCurrent) => {
    const loaded = await listDevices();
    if (isCurrent()) setDevices(loaded.toSorted(byUse));
  });
  load.run();

  async function end(
    work: () => Promise<void>,
    isEnded: (device: SessionInfo) => boolean,
    text: string,
  ): Promise<void> {
    setProblem('');
    try {
      await work();
    } catch (error) {
      // 404: it has ended meanwhile.
      if (!(error instanceof HttpError)) throw error;
      if (error.status !== 404) return void setProblem(accountWords.devices.notEnded);
    }
    setDevices((before) => before?.filter((device) => !isEnded(device)));
    setAsked(false);
    setSaid(text);
    // What had the focus is gone.
    list?.focus();
  }

  return (
    <Dialog title={accountWords.devices.title} onClose={props.onClose}>
      <p class="px-5 pb-2 text-sm text-pretty text-muted">{accountWords.devices.text}</p>
      <Switch>
        <Match when={devices()}>
          {(shown) => (
            <ul
              ref={(element) => (list = element)}
              class="slim-scrollbar grid min-h-0 flex-1 content-start overflow-y-auto px-5 -outline-offset-2"
              aria-label={accountWords.devices.title}
              tabIndex={-1}
            >
              <For each={shown()}>
                {(device) => (
                  <li class="flex min-h-16 items-center gap-3 border-b border-line py-2.5 last:border-b-0">
                    <span class="grid min-w-0 flex-1 gap-0.5">
                      <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
                        <span class="font-semibold">{device.device || accountWords.devices.unknown}</span>
                        <Show when={device.current}>
                          <Tag>{accountWords.devices.current}</Tag>
                        </Show>
                      </span>
                      <span class="text-sm text-pretty text-muted">
                        <span class="[overflow-wrap:anywhere]">{device.ip}</span>
                        {' · '}
                        <time datetime={device.last_used_at}>
                          {accountWords.devices.used(
                            ago(device.last_used_at, now(), document.documentElement.lang),
                          )}
                        </time>
                      </span>
                    </span>
                    <Show when={!device.current}>
                      <button
                        type="button"
                        class="button-quiet -me-3 shrink-0 text-danger"
                        aria-label={accountWords.devices.endOne(device.device)}
                        onClick={() =>
                          void end(
                            () => endDevice(device.id),
                            ({ id }) => id === device.id,
                            accountWords.devices.ended(device.device),
                          )
                        }
                      >
                        {accountWords.devices.end}
                      </button>
                    </Show>
                  </li>
                )}
              </For>
            </ul>
          )}
        </Match>
        <Match when={load.hasFailed()}>
          <NotLoaded text={accountWords.devices.notLoaded} load={load} />
        </Match>
        <Match when={!devices()}>
          <ListSkeleton text={accountWords.devices.loading} />
        </Match>
      </Switch>
      <p class="px-5 text-sm font-medium text-danger not-empty:pt-3" role="alert">
        {problem()}
      </p>
      <p class="sr-only" role="status">
        {said()}
      </p>
      <footer class="border-t border-line px-5 py-3">
        <Show
          when={others().length > 0}
          fallback={
            <Show when={devices()}>
              <p class="py-2.5 text-sm text-muted">{accountWords.devices.none}</p>
            </Show>
          }
        >
          <Show
            when={isAsked()}
            fallback={
              <button type="button" class="button-quiet -ms-3 text-danger" onClick={() => setAsked(true)}>
                {accountWords.devices.endOthers}
              </button>
            }
          >
            <Confirmation
              question={accountWords.devices.question(others().length)}
              action={accountWords.devices.confirm}
              onConfirm={() =>
                void end(endOtherDevices, ({ current }) => !current, accountWords.devices.othersEnded)
              }
              onCancel={() => setAsked(false)}
            />
          </Show>
        </Show>
      </footer>
    </Dialog>
  );
}

/** This one first, then the most recently used. */
function byUse(a: SessionInfo, b: SessionInfo): number {
  return Number(b.current) - Number(a.current) || b.last_used_at.localeCompare(a.last_used_at);
}
