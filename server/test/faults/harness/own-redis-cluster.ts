import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../launch/parley.js';
import { OwnRedis } from './own-redis.js';
import { until } from './wait.js';

const SLOTS = 16_384;
const MASTERS = 3;

/** A Redis cluster of three masters, and a replica of the first. Loopback only. */
export class OwnRedisCluster {
  private constructor(
    readonly masters: readonly OwnRedis[],
    readonly replica: OwnRedis,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OwnRedisCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-redis-cluster-'));
    const nodes: OwnRedis[] = [];
    const busPorts: number[] = [];
    for (let n = 0; n <= MASTERS; n++) {
      const busPort = await freePort();
      busPorts.push(busPort);
      nodes.push(
        await OwnRedis.start({
          dir: folder,
          'cluster-enabled': 'yes',
          'cluster-config-file': `nodes-${n}.conf`,
          'cluster-port': String(busPort),
          'cluster-node-timeout': '1000',
        }),
      );
    }
    const [first, ...others] = nodes as [OwnRedis, ...OwnRedis[]];
    const [firstBus] = busPorts;
    for (const node of others) {
      await node.command('CLUSTER', 'MEET', '127.0.0.1', String(first.port), String(firstBus));
    }
    const masters = nodes.slice(0, MASTERS);
    for (const [n, master] of masters.entries()) {
      const from = Math.floor((n * SLOTS) / MASTERS);
      const to = Math.floor(((n + 1) * SLOTS) / MASTERS) - 1;
      await master.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
    }
    const cluster = new OwnRedisCluster(masters, others.at(-1) as OwnRedis, folder);
    await until('the cluster’s servers know each other', () =>
      everyone(nodes, `cluster_known_nodes:${nodes.length}`),
    );
    await cluster.replica.command('CLUSTER', 'REPLICATE', await idOf(first));
    await until('the cluster is complete', () => everyone(nodes, 'cluster_state:ok'));
    await until('the replica follows', async () =>
      String(await cluster.replica.command('INFO', 'replication')).includes('master_link_status:up'),
    );
    return cluster;
  }

  /** Two of its servers are named: either may be away. */
  get url(): string {
    const [, ...named] = this.masters;
    return `redis+cluster://${named.map(({ port }) => `127.0.0.1:${port}`).join()}`;
  }

  /** Channels with subscribers on one of its servers. */
  async channels(node: OwnRedis, kind: 'CHANNELS' | 'SHARDCHANNELS'): Promise<string[]> {
    return (await node.command('PUBSUB', kind)) as string[];
  }

  /** Gives one slot to another master. It holds no keys, so there is nothing to move. */
  async moveSlot(slot: number, to: OwnRedis): Promise<void> {
    const id = await idOf(to);
    const owner = await this.#ownerOf(slot);
    if (owner === to) return;
    // Only what it was importing it claims with a new epoch; by an old one the others might win the slot back.
    await to.command('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', await idOf(owner));
    for (const node of [to, ...this.masters.filter((master) => master !== to)]) {
      await node.command('CLUSTER', 'SETSLOT', String(slot), 'NODE', id);
    }
  }

  async #ownerOf(slot: number): Promise<OwnRedis> {
    const ranges = (await this.replica.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
    const range = ranges.find(([from, to]) => from <= slot && slot <= to);
    const owner = this.masters.find(({ port }) => port === range?.[2][1]);
    if (!owner) throw new Error(`Nobody has slot ${slot}.`);
    return owner;
  }

  async stop(): Promise<void> {
    for (const node of [...this.masters, this.replica]) await node.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function idOf(node: OwnRedis): Promise<string> {
  return String(await node.command('CLUSTER', 'MYID'));
}

async function everyone(nodes: readonly OwnRedis[], line: string): Promise<boolean> {
  const infos = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')));
  return infos.every((info) => String(info).includes(line));
}
