import base from '../../jest.config.js';

// The long runs: `npm run test:soak`. One after the other, so that they do not disturb each other.
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/soak/**/*.soak-spec.ts', '<rootDir>/test/faults/model.e2e-spec.ts'],
  maxWorkers: 1,
};
