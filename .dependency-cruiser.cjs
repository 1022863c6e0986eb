/**
 * The import arrows of ARCHITECTURE.md, checked: web → client → shared ← server → embedded-postgres, and inside the server
 * the order of LAYERS, all of them → bus, config, database, metrics.
 */

/** A feature imports only those behind it. */
const LAYERS = [
  'realtime',
  'push',
  'accounts',
  'profiles',
  'privacy',
  'retention',
  'inbox',
  'search',
  'messages',
  'attachments',
  'rooms',
  'settings',
  'users',
  'presence',
  'auth',
];

const server = (...folders) => `^server/src/(${folders.join('|')})/`;

/** One rule: files of `from` import nothing of `to`. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    never(
      'no-circles',
      'Two files that need each other are one thing in two places.',
      {},
      { circular: true },
    ),
    never(
      'shared-stands-alone',
      'The contract is plain data: it imports nothing.',
      { path: '^shared/src', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^shared/src' },
    ),
    never(
      'embedded-postgres-stands-alone',
      'It starts PostgreSQL for whatever uses it: it knows no chat.',
      { path: '^embedded-postgres/' },
      { path: '^(shared|client|server|web)/' },
    ),
    never(
      'embedded-postgres-has-one-door',
      'What its index exports, and what its tests share; the files behind it are its own.',
      { pathNot: '^embedded-postgres/' },
      { path: '^embedded-postgres/', pathNot: '^embedded-postgres/(src/index\\.ts$|test/support/)' },
    ),
    never(
      'sources-know-no-test',
      'What ships imports nothing that only tests need.',
      { path: '^[^/]+/src/', pathNot: '\\.spec\\.ts$|/testing/' },
      { path: '^[^/]+/(test|e2e)/' },
    ),
    never(
      'server-knows-no-web',
      'The server serves a built page; it imports none of it.',
      { path: '^server' },
      { path: '^web' },
    ),
    never(
      'client-knows-the-contract-only',
      'The client protocol runs in every page and in Node: it imports the contract and nothing else.',
      { path: '^client/src', pathNot: '\\.spec\\.ts$|^client/src/testing/' },
      { pathNot: '^(client|shared)/src' },
    ),
    never(
      'nobody-below-imports-client',
      'The contract and the shipped server know no client. (Tests of the server are clients.)',
      { path: '^(shared|server)/src' },
      { path: '^client' },
    ),
    never(
      'web-knows-no-server',
      'The page knows the wire, not the server.',
      { path: '^web' },
      { path: '^server/src' },
    ),
    never(
      'nobody-imports-realtime',
      'Features publish on the bus; sockets listen. Only the wiring and the documents know the sockets.',
      {
        path: '^server/src',
        pathNot: '^server/src/(realtime|openapi)/|^server/src/(app\\.module|boot)\\.ts$',
      },
      { path: server('realtime') },
    ),
    ...LAYERS.slice(2).map((layer, i) =>
      never(
        `${layer}-below-${LAYERS[i + 1]}`,
        `The order is ${LAYERS.join(' → ')}.`,
        { path: server(layer) },
        { path: server(...LAYERS.slice(1, i + 2)) },
      ),
    ),
    never(
      'carriers-know-no-feature',
      'Bus, config, errors, limits and metrics carry what features do, without knowing it. (The database knows the entities.)',
      {
        path: server('bus', 'config', 'errors', 'limits', 'logging', 'metrics'),
        pathNot: '(\\.controller|metrics-server)\\.ts$',
      },
      {
        path: server(...LAYERS, 'http', 'openapi', 'health'),
      },
    ),
    never(
      'only-entities-in-the-database',
      'The data source lists the entities; nothing else of a feature.',
      { path: server('database') },
      {
        path: server(...LAYERS, 'http', 'openapi', 'health'),
        pathNot: '\\.entity\\.ts$',
      },
    ),
    never('nothing-unresolved', 'An import that leads nowhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
    },
  },
};
