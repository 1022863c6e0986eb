export { ChatMenu } from './chat-menu';
export { ComposerBar } from './composer-bar';
export { Requests } from './requests';
export { RetentionNote, TimerLine, TimerNote } from './timer-notes';
