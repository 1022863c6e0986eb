export { ChatMenu } from './chat-menu';
export { DetailsDialog } from './details-dialog';
export { ComposerBar } from './composer-bar';
export { Requests } from './requests';
export { RetentionNote, TimerLine, TimerNote } from './timer-notes';
