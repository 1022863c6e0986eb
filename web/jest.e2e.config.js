import preset from '../jest.preset.js';

/** Real browser, real server, real PostgreSQL. */
export default {
  ...preset,
  testMatch: ['<rootDir>/e2e/**/*.e2e-spec.ts'],
  globalSetup: '<rootDir>/e2e/support/global-setup.mjs',
  setupFilesAfterEnv: ['<rootDir>/e2e/support/own-database.ts'],
  globalTeardown: '<rootDir>/e2e/support/global-teardown.mjs',
  testTimeout: 120_000,
  maxWorkers: '100%',
};
