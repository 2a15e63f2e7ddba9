// What the network proxy adds to a round trip while no fault lies on it, beside the direct path to the same server. Both take turns, question by
// question, so that a machine that slows down slows both.
import pg from 'pg';
import { Client } from 'undici';
import type { TcpLinkHandle } from '../network/start-network.ts';
import type { Bed } from './bed.ts';
import { figure, median, type Figure } from './figure.ts';

const rounds = 5;
const questionsARound = 1000;
const warmUpQuestions = 500;
const mostAddedMs = 0.3;

type Path = AsyncDisposable & { ask(): Promise<void> };

export const benchProxy = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const database = await bed.database('bench_proxy');
  const { address } = await bed.start('ingest', database);
  const network = await bed.network();
  const [postgres, http] = [
    await network.openTcp('postgres', 'postgres', addressOf(database)),
    await network.openTcp('http', 'tcp', addressOf(address)),
  ];
  return [
    await compare('PostgreSQL, select 1', openSession, [database, through(database, postgres)], say),
    await compare('HTTP, GET /health', openClient, [address, through(address, http)], say),
  ];
};

const addressOf = (url: string): { readonly host: string; readonly port: number } => {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
};

const through = (url: string, { port }: TcpLinkHandle): string => Object.assign(new URL(url), { port: String(port) }).href;

const openSession = async (url: string): Promise<Path> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { ask: async () => void (await client.query('select 1')), [Symbol.asyncDispose]: () => client.end() };
};

const openClient = async (url: string): Promise<Path> => {
  const client = new Client(new URL(url).origin);
  const ask = async (): Promise<void> => {
    const { statusCode, body } = await client.request({ method: 'GET', path: '/health' });
    await body.dump();
    if (statusCode !== 200) throw new Error(`the target answered ${statusCode}: nothing was measured`);
  };
  return { ask, [Symbol.asyncDispose]: () => client.close() };
};

const compare = async (
  what: string,
  open: (url: string) => Promise<Path>,
  [direct, via]: readonly [string, string],
  say: (text: string) => void,
): Promise<Figure> => {
  await using straight = await open(direct);
  await using proxied = await open(via);
  const [straightMs, proxiedMs]: [number[], number[]] = [[], []];
  await takeTurns(warmUpQuestions, straight, proxied, [], []);
  for (let round = 1; round <= rounds; round += 1) {
    say(`the proxy, ${what}, round ${round} of ${rounds}`);
    await takeTurns(questionsARound, straight, proxied, straightMs, proxiedMs);
  }
  const [before, after] = [median(straightMs), median(proxiedMs)];
  return figure(
    `what the network proxy adds, doing nothing: ${what}, p50`,
    after - before,
    'ms',
    { what: 'the whole round trip on the direct path', value: before },
    { of: 'value', atMost: mostAddedMs },
  );
};

const takeTurns = async (questions: number, straight: Path, proxied: Path, straightMs: number[], proxiedMs: number[]): Promise<void> => {
  for (let n = 0; n < questions; n += 1) {
    straightMs.push(await time(straight));
    proxiedMs.push(await time(proxied));
  }
};

const time = async ({ ask }: Path): Promise<number> => {
  const startedAt = performance.now();
  await ask();
  return performance.now() - startedAt;
};
