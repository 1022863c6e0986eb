import { Drawing } from '../../../ui/icon';

export const PASSKEY_PATH =
  'M12 11v3a8.5 8.5 0 0 1-1.6 5M8.4 17A6.5 6.5 0 0 0 9 14v-3a3 3 0 0 1 6 0v3a13 13 0 0 1-1.1 5.3M5.4 14.6A5 5 0 0 0 6 12.3V11a6 6 0 0 1 12 0v2.5a18 18 0 0 1-.6 4.5M4.2 7.5a9 9 0 0 1 15.6 0';

/** A fingerprint, for passkeys: the key stands for access tokens. */
export function PasskeyIcon(props: { class?: string }) {
  return <Drawing path={PASSKEY_PATH} class={props.class} />;
}
