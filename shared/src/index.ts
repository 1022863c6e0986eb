export * from './errors.js';
export * from './limits.js';
export * from './messages.js';
export * from './presence.js';
export * from './realtime.js';
export * from './rooms.js';
export * from './users.js';
export * from './version.js';
