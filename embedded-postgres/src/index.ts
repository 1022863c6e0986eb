export {
  startEmbeddedPostgres,
  urlOfRunningPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.js';
export { DataFolderInUse, DataFolderUnusable, EmbeddedPostgresError, PostgresDied } from './errors.js';
export { freePort } from './free-port.js';
export { isAlive } from './postmaster/processes.js';
export { PostgresSupervisor, type SupervisorOptions } from './supervisor.js';
