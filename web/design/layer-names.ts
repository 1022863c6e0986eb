/** What `/design?layer=…` shows. */
export const LAYERS = [
  'menu',
  'sheet',
  'details',
  'block',
  'settings',
  'shortcuts',
  'new-chat',
  'date',
  'emoji',
  'sign-in',
  'register',
  'palette',
  'unreachable',
] as const;
export type LayerName = (typeof LAYERS)[number];
