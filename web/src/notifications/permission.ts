import { createSignal, type Accessor } from 'solid-js';

/** What the browser says of notifications of this page; `unsupported`: it has none, or not on this page. */
export type Permission = NotificationPermission | 'unsupported';

const [state, setState] = createSignal<Permission>(read());

export const permission: Accessor<Permission> = state;

function read(): Permission {
  return 'Notification' in window && window.isSecureContext ? Notification.permission : 'unsupported';
}

/** Lets the browser ask the user. To be called in a click: browsers ignore other calls. @returns what the user has said. */
export async function askPermission(): Promise<Permission> {
  if (read() === 'default') await Notification.requestPermission();
  return setState(read());
}

function update(): void {
  setState(read());
}

/** Follows what the user changes in the settings of the browser. @returns the end of it. */
export function watchPermission(): () => void {
  update();
  // A browser without the event: when the user comes back from its settings.
  window.addEventListener('focus', update);
  let status: PermissionStatus | undefined;
  let isOver = false;
  navigator.permissions?.query({ name: 'notifications' }).then(
    (found) => {
      if (isOver) return;
      status = found;
      found.addEventListener('change', update);
    },
    // It does not know the name: the focus has to do.
    () => undefined,
  );
  return () => {
    isOver = true;
    window.removeEventListener('focus', update);
    status?.removeEventListener('change', update);
  };
}
