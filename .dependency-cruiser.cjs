/**
 * The import arrows of ARCHITECTURE.md, checked: web → client → shared ← server → embedded-postgres, and inside the server
 * realtime → rooms → messages → users → presence, all of them → auth, bus, database, config.
 */
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
      'What its index exports; the files behind it are its own.',
      { pathNot: '^embedded-postgres/' },
      { path: '^embedded-postgres/', pathNot: '^embedded-postgres/src/index\\.ts$' },
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
    never(
      'messages-below-rooms',
      'A room shows its last message, not the other way round.',
      { path: server('messages', 'users', 'presence', 'auth') },
      { path: server('rooms'), pathNot: 'room\\.entity\\.ts$' },
    ),
    never(
      'users-below-messages',
      'Users know nothing of what they write.',
      { path: server('users', 'presence', 'auth') },
      { path: server('messages') },
    ),
    never(
      'presence-below-users',
      'Presence knows ids only.',
      { path: server('presence') },
      { path: server('users') },
    ),
    never(
      'carriers-know-no-feature',
      'Bus, config, errors, limits and metrics carry what features do, without knowing it. (The database knows the entities.)',
      {
        path: server('bus', 'config', 'errors', 'limits', 'logging', 'metrics'),
        pathNot: '(\\.controller|metrics-server)\\.ts$',
      },
      {
        path: server(
          'users',
          'rooms',
          'messages',
          'presence',
          'realtime',
          'auth',
          'http',
          'openapi',
          'health',
        ),
      },
    ),
    never(
      'only-entities-in-the-database',
      'The data source lists the entities; nothing else of a feature.',
      { path: server('database') },
      {
        path: server(
          'users',
          'rooms',
          'messages',
          'presence',
          'realtime',
          'auth',
          'http',
          'openapi',
          'health',
        ),
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
