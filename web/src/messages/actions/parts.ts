export { optimistic } from '@parley/client';
export { ComposingBar } from './composing-bar';
export { copyMessages } from './copy-messages';
export { editNewest } from './edit-newest';
export { LogActions } from './log-actions';
export { Quote } from './quote';
export { Reactions } from './reactions';
export { reportChanges } from './report-changes';
