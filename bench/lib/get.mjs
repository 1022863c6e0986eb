import { Agent, get } from 'node:http';
import { quantile } from './figures.mjs';

/** Asked first, and not counted. */
const WARM_UP = 50;

/**
 * How long each address takes to answer, in milliseconds (median), asked in turns over one kept connection.
 * @returns by name.
 */
export async function medianTimes(addresses, turns) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times = new Map(Object.keys(addresses).map((name) => [name, []]));
  for (let turn = 0; turn < turns + WARM_UP; turn++) {
    for (const [name, url] of Object.entries(addresses)) {
      const askedAt = performance.now();
      await fetchAll(agent, url);
      if (turn >= WARM_UP) times.get(name).push(performance.now() - askedAt);
    }
  }
  agent.destroy();
  return Object.fromEntries([...times].map(([name, all]) => [name, quantile(all, 0.5)]));
}

function fetchAll(agent, url) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}: ${url}`)),
      );
      response.resume();
    }).once('error', reject);
  });
}
