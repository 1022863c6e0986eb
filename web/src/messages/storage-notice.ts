import { showNotice } from '../ui/notices';

type Loss = 'unsent messages' | 'drafts';

const losses = new Set<Loss>();

/** Says what the browser does not let us keep. One notice, however much it is. */
export function reportNotKept(loss: Loss): void {
  losses.add(loss);
  const list = (['unsent messages', 'drafts'] as const).filter((each) => losses.has(each)).join(' and ');
  const text = `This browser blocks storage for this site. Your ${list} will not survive a reload.`;
  showNotice({ id: 'storage', text }, { once: true });
}
