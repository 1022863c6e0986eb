export { ChatMenu } from './chat-menu';
export { ComposerBar } from './composer-bar';
export { Requests } from './requests';
export { TimerNote } from './timer-note';
