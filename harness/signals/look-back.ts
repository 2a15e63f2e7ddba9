// How old a sample may be and still stand for a moment of a run. Prometheus' own five minutes would let an exporter that fell silent in the middle of a
// phase go on saying what it said last.
const intervals = 2.5;

/**
 * Two and a half export intervals: an export that was lost, or came late by up to one and a half, is bridged, since on a busy machine that is no silence; of two in a
 * row that are missing a step falls into the gap and has no data.
 */
export const lookbackSeconds = (exportIntervalMs: number): number => (intervals * exportIntervalMs) / 1_000;
