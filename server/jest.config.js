import preset from '../jest.preset.js';

/** A tier is a folder of test/ and an Nx target: behaviour, docs, faults, launch, measured (CONTRIBUTING.md). */
export default {
  ...preset,
  testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  // A guard against hanging, not a measurement: a cold start of the application takes seconds, on a busy machine many.
  testTimeout: 120_000,
  maxWorkers: '100%',
  // Each suite that starts the application leaves some 40 MB behind in its worker, and collecting garbage among them
  // took a tenth of the time.
  workerIdleMemoryLimit: '500MB',
};
