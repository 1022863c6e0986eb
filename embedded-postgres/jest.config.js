import preset from '../jest.preset.js';

export default { ...preset, testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'], testTimeout: 120_000 };
