import browser from './jest.e2e.config.js';

/** What compares durations: one suite at a time. */
export default { ...browser, testMatch: ['<rootDir>/budgets/**/*.e2e-spec.ts'], maxWorkers: 1 };
