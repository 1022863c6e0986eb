import base from '../../jest.config.js';

// The long runs: `npm run test:soak`. One after the other, so that they do not disturb each other. Property tests draw
// examples that they have never drawn before.
export default {
  ...base,
  rootDir: '../..',
  setupFiles: [],
  testMatch: [
    '<rootDir>/test/soak/**/*.soak-spec.ts',
    '<rootDir>/test/faults/model.e2e-spec.ts',
    '<rootDir>/test/faults/fuzz-accounts.e2e-spec.ts',
    '<rootDir>/test/behaviour/**/*{model,fuzz-}*.e2e-spec.ts',
  ],
  maxWorkers: 1,
};
