// From what was measured to figures with their bounds, those of the embedded runtime.
import { median } from '../figure.ts';
import type { Figure } from '../figure.ts';
import { figure } from '../figure.ts';
import type { Held } from './held.ts';
import type { LoadedStretch } from './load/protocol.ts';
import type { Memory } from './memory.ts';
import { quantile, type Summary } from './summarise.ts';

const megabyte = 1e6;

export const readyFigure = (readyMs: readonly number[]): Figure =>
  figure(
    `embedded stack ready: slowest of ${readyMs.length} starts, median ${Math.round(median(readyMs))} ms`,
    quantile(readyMs, 1),
    'ms',
    null,
    { of: 'value', atMost: 2_000 },
  );

const rateOf = ({ samples, wallSeconds }: LoadedStretch): number => samples / wallSeconds;

const spentText = ({ samples, points, requests, wallSeconds, receiverCpuSeconds, senderCpuSeconds }: LoadedStretch): string =>
  `${samples} samples in ${points} data points and ${requests} requests; wall ${wallSeconds.toFixed(1)} s, CPU of the receiver ${receiverCpuSeconds.toFixed(1)} s, ` +
  `of the sender, a process of its own, ${senderCpuSeconds.toFixed(1)} s`;

const contentsText = { everything: 'as the fleet exports it', numbers: 'numbers alone' } as const;

/** `peer`: the same stretch, taken by the other server. Numbers alone are no exporter's whole traffic: they are told, and not judged. */
export const ingestFigure = (mine: LoadedStretch, peer: LoadedStretch | undefined, peerName: string): Figure => {
  const against = peer === undefined ? null : { what: `${peerName}, the same requests; ${spentText(peer)}`, value: rateOf(peer) };
  const name = `ingest over OTLP/HTTP, ${mine.encoding}, ${contentsText[mine.contents]}: ${spentText(mine)}`;
  return figure(name, rateOf(mine), 'samples/s', against, mine.contents === 'numbers' ? null : { of: 'value', atLeast: 50_000 });
};

export const heldFigure = ({ series, samples, sent, storeBytes }: Held): Figure =>
  figure(
    `samples held of ${sent} sent, in ${series} series and ${(storeBytes / megabyte).toFixed(1)} MB of the store`,
    (100 * samples) / sent,
    '%',
    null,
    { of: 'value', atLeast: 100 },
  );

/** `full`: 10,000 series for 15 minutes at 1 s; less than that proves nothing. */
export const memoryFigure = (when: string, mine: Memory, peer: Memory | null, peerName: string, full: boolean): Figure =>
  figure(
    `memory ${when}: peak RSS, PSS now ${(mine.pssBytes / megabyte).toFixed(0)} MB`,
    mine.peakRssBytes / megabyte,
    'MB',
    peer === null ? null : { what: peerName, value: peer.peakRssBytes / megabyte },
    full ? { of: 'value', atMost: 400 } : null,
  );

const atMostTen = { of: 'ratio', atMost: 10 } as const;

const spread = ({ ratio }: Summary): string => `80 % of the ratios from ${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`;

export const queryFigures = (summary: Summary, peerName: string | null): readonly Figure[] => {
  const { questions, embeddedMs, peerMs, ratio, worst, slowest } = summary;
  const against = (ms: number) => (peerName === null ? null : { what: peerName, value: ms });
  const all = `all ${questions} queries of the dashboards, once each`;
  if (peerName === null)
    return [
      figure(all, embeddedMs, 'ms', null, atMostTen),
      figure(`the slowest of them, ${slowest.place}: ${slowest.query}`, slowest.embeddedMs, 'ms', null, atMostTen),
    ];
  return [
    figure(`${all}; ratio: median over the queries, ${spread(summary)}`, embeddedMs, 'ms', against(peerMs), atMostTen, ratio.median),
    figure(
      `the worst of them by ratio, ${worst.place}: ${worst.query}`,
      worst.embeddedMs,
      'ms',
      against(worst.peerMs),
      atMostTen,
      worst.ratio,
    ),
    figure(
      `the slowest of them, ${slowest.place}: ${slowest.query}`,
      slowest.embeddedMs,
      'ms',
      against(slowest.peerMs),
      atMostTen,
      slowest.ratio,
    ),
  ];
};
