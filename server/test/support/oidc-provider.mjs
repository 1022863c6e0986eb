// A process of its own: an identity provider for tests, with the library's own pages to log in and to consent. Everyone who
// types a name there is logged in by it. Arguments: the port, and how the client is named: id and secret.
import { Provider } from 'oidc-provider';

const [port = '0', clientId = 'parley', clientSecret = 'secret'] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      // Checked below: the port of the server is not known yet.
      redirect_uris: ['http://localhost/'],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
  cookies: { keys: ['test'] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: `${id}@example.com`, name: `${id} of Example` }),
  }),
});
provider.Client.prototype.redirectUriAllowed = (uri) =>
  /^https?:\/\/[\w.]+(:\d+)?\/api\/auth\/oidc\/[\w-]+\/callback\/$/.test(uri);
/** For tests: the ID token of `forged-NAME` says that it is NAME, under the signature of the true one. */
provider.use(async (context, next) => {
  await next();
  const [header, payload, signature] = String(context.body?.id_token ?? '').split('.');
  if (!signature) return;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!claims.sub.startsWith('forged-')) return;
  claims.sub = claims.sub.replace('forged-', '');
  const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
  context.body = { ...context.body, id_token: [header, forged, signature].join('.') };
});
provider.listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
