export { LogActions } from './log-actions';
