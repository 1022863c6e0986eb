// Readers in a process of their own, so that their work is not the server's or the test's: each searches for users over a
// kept connection, again as soon as it has the answer.
import { Agent, get } from 'node:http';

/** @type {{ origin: string, readers: number }} */
const { origin, readers } = JSON.parse(process.argv[2]);

const agent = new Agent({ keepAlive: true, maxSockets: readers });
for (let n = 0; n < readers; n++) search();

function search() {
  // As the page asks. Every user matches, so that each search costs PostgreSQL tens of milliseconds.
  get(`${origin}/api/users/?search=user&limit=50`, { agent }, (answer) => {
    answer.resume();
    answer.once('end', search);
  });
}
