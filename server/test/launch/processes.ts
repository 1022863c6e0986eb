export { isAlive, isGone, run, type Run } from '../../../embedded-postgres/test/support/processes.js';
