// One transform for every suite: SWC to CommonJS, with the decorator metadata that Nest's injection needs.
const swc = (syntax) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: syntax === 'typescript' ? { syntax, decorators: true } : { syntax },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'commonjs' },
  },
];

export default {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/../jest.seeds.js'],
  moduleNameMapper: {
    '^@parley/client/testing$': '<rootDir>/../client/src/testing/index.ts',
    '^@parley/([\\w-]+)$': '<rootDir>/../$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': swc('typescript'), '^.+\\.m?js$': swc('ecmascript') },
  transformIgnorePatterns: [
    '/node_modules/(?!(?:pixelmatch|@nestjs|openid-client|oauth4webapi|jose|gemoji|@tus|srvx|set-cookie-parser|file-type|strtok3|token-types|@tokenizer|@borewit|uint8array-extras)/)',
  ],
};
