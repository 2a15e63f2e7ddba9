// The embedded runtime against a real Prometheus: the same made fleet into both, one after the other, then the dashboards' queries to both in turns.
import type { Figure } from '../figure.ts';
import type { Workshop } from '../workshop.ts';
import { askInTurns } from './ask-in-turns.ts';
import { heldFigure, ingestFigure, memoryFigure, queryFigures, readyFigure } from './figures.ts';
import { heldBy } from './held.ts';
import { loadPeer } from './load/load-peer.ts';
import type { LoadJob } from './load/protocol.ts';
import { memoryOf } from './memory.ts';
import type { Peer } from './peer.ts';
import { questionsOf } from './questions.ts';
import { startEmbeddedPeer } from './start-embedded-peer.ts';
import { startPrometheusPeer } from './start-prometheus-peer.ts';
import { summarise } from './summarise.ts';

export type BenchQueriesOptions = {
  readonly workshop: Workshop;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Where a Prometheus may be: PATH, FAULTLINE_PROMETHEUS. */
  readonly environment: NodeJS.ProcessEnv;
  readonly nowMs: () => number;
  readonly historySeconds: number;
  readonly rounds: number;
  /** Of the embedded runtime. */
  readonly starts: number;
};

const fullSeconds = 900;
const seed = 4;
const connections = 4;

const stretchesOf = (seconds: number): LoadJob['stretches'] => {
  const half = Math.ceil(seconds / 2);
  return [
    { encoding: 'json', seconds: half },
    { encoding: 'protobuf', seconds: seconds - half },
  ];
};

/** Into a store of its own: what is held and asked for is the whole fleet's. */
const loadNumbers = async (fromMs: number, { workshop, signal, say, historySeconds }: BenchQueriesOptions) => {
  say('numbers alone, into a fresh embedded stack');
  const { peer } = await startEmbeddedPeer(workshop, 1, signal);
  return loadPeer(peer, { contents: 'numbers', seed, fromMs, stretches: stretchesOf(historySeconds), connections }, workshop);
};

const load = async (peers: readonly Peer[], fromMs: number, { workshop, say, historySeconds }: BenchQueriesOptions) => {
  const loaded = [];
  for (const peer of peers) {
    say(`${historySeconds} s of history into ${peer.name}`);
    loaded.push(
      await loadPeer(peer, { contents: 'everything', seed, fromMs, stretches: stretchesOf(historySeconds), connections }, workshop),
    );
  }
  return loaded;
};

export const benchQueries = async (options: BenchQueriesOptions): Promise<readonly Figure[]> => {
  const { workshop, signal, say, environment, nowMs, historySeconds, rounds, starts } = options;
  say('starting both');
  const { peer: embedded, readyMs } = await startEmbeddedPeer(workshop, starts, signal);
  const prometheus = await startPrometheusPeer(workshop, environment, signal);
  if (prometheus === null)
    say('there is no prometheus on PATH (or in FAULTLINE_PROMETHEUS): the figures of the embedded runtime stand alone');
  const peers = [embedded, ...(prometheus === null ? [] : [prometheus])];
  const fromMs = 1_000 * (Math.floor(nowMs() / 1_000) - historySeconds);
  const [mine, theirs] = await load(peers, fromMs, options);
  signal.throwIfAborted();
  const held = await heldBy(embedded, mine!);
  const memories = () => Promise.all([memoryOf(embedded.pid), prometheus === null ? null : memoryOf(prometheus.pid)]);
  const [afterLoad, peerAfterLoad] = await memories();
  const questions = await questionsOf({ fromMs, toMs: fromMs + 1_000 * (historySeconds - 1), stepSeconds: 1 });
  say(`${questions.length} questions, ${rounds} rounds each`);
  const summary = summarise(await askInTurns(questions, embedded, prometheus, rounds));
  const [afterQueries, peerAfterQueries] = await memories();
  const numbers = await loadNumbers(fromMs, options);
  const full = historySeconds >= fullSeconds;
  const peerName = prometheus?.name ?? null;
  return [
    readyFigure(readyMs),
    ...mine!.map((stretch, index) => ingestFigure(stretch, theirs?.[index], peerName ?? '')),
    ...numbers.map((stretch) => ingestFigure(stretch, undefined, '')),
    heldFigure(held),
    memoryFigure('with all of it held', afterLoad, peerAfterLoad, peerName ?? '', full),
    memoryFigure('after all queries', afterQueries, peerAfterQueries, peerName ?? '', full),
    ...queryFigures(summary, peerName),
  ];
};
