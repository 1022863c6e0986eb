export { copyMessages } from './copy-messages';
export { LogActions } from './log-actions';
