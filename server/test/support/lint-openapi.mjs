// Prints what Redocly (recommended) and Spectral (oas) say about the OpenAPI document at a URL, with accounts read with the
// bearer token of the second argument, as JSON: a list of
// findings, empty when there are none. A process of its own, because jest cannot load ES modules of others.
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectralCore from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';

const { Spectral } = spectralCore;
const [url, token] = process.argv.slice(2);
const source = await (
  await fetch(url, { headers: token ? { Authorization: `Bearer ${token}` } : {} })
).text();

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    // The base contract has the slash, and existing clients send it; without it the paths are answered just as well.
    'no-path-trailing-slash': 'off',
    // `/api/rooms/create/` is of the base contract. An id is a number, so it names no room.
    'no-ambiguous-paths': 'off',
    // A link to an identity provider is answered by a redirect. Spectral's rule for the same purpose accepts that.
    'operation-2xx-response': 'off',
  },
});
const problems = await lintFromString({ source, config });
const ofRedocly = problems.map(
  ({ ruleId, message, location }) => `redocly ${ruleId} ${location[0]?.pointer}: ${message}`,
);

const spectral = new Spectral();
spectral.setRuleset({
  extends: [[spectralRulesets.oas, 'recommended']],
  // As above.
  rules: { 'path-keys-no-trailing-slash': 'off' },
});
const results = await spectral.run(JSON.parse(source));
const ofSpectral = results.map(({ code, message, path }) => `spectral ${code} ${path.join('/')}: ${message}`);

process.stdout.write(JSON.stringify([...ofRedocly, ...ofSpectral]));
