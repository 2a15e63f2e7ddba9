// The same traces into the embedded stack and into a real Tempo 3, and the same questions to both. Runs where a Tempo is found.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../engine/clock.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { searchTraceIds, traceById } from '../../signals/tempo.ts';
import { startTestStack } from '../../stack/embedded/testing.ts';
import type { TestStack } from '../../stack/embedded/testing.ts';
import { allowedReason } from '../allowed-differences.ts';
import { askTempo, differenceOf, foundSpans, type TempoAnswer } from '../compare-tempo.ts';
import { normaliseInstant, normaliseNames, normaliseScopes, normaliseTagValues, normaliseTrace } from '../normalise-tempo.ts';
import { sampleTraces } from '../sample-traces.ts';
import { settleAnswer } from '../settle-answer.ts';
import { lossyQueries, type TraceqlQuery, traceqlQueries } from '../traceql-queries.ts';
import { findTempo, startTempoPeer } from './testing.ts';
import type { TempoPeer } from './testing.ts';

const found = findTempo();
const why = 'missing' in found ? ` (skipped: ${found.missing})` : '';
const seed = 7;
const traces = 60;

const beganMs = Math.floor(systemClock.now() / 1_000) * 1_000 - 120_000;
const sample = sampleTraces(seed, traces, BigInt(beganMs) * 1_000_000n);
const window = { startSeconds: beganMs / 1_000 - 60, endSeconds: beganMs / 1_000 + 120 };

/** A span has several events and links, and an array several elements. */
const several = new Set([
  'event:name',
  'event:timeSinceStart',
  'link:traceID',
  'link:spanID',
  ...sample.vocabulary.attributes
    .filter(({ scope, isArray }) => scope === 'event' || scope === 'link' || isArray === true)
    .map(({ name }) => name),
]);

const send = async (url: string): Promise<void> => {
  const body = JSON.stringify(sample.request);
  const { status } = await fetch(`${url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(status).toBe(200);
};

describe.skipIf('missing' in found)(`the embedded stack answers as a real Tempo does${why}`, () => {
  let tempo: TempoPeer;
  let embedded: TestStack;

  const spansFound = async (): Promise<number> => foundSpans(await askTempo(tempo.url, { kind: 'search', query: '{ }' }, window)).size;

  const spansCounted = async (): Promise<number> => {
    const [series] = normaliseInstant((await askTempo(tempo.url, { kind: 'instant', query: '{ } | count_over_time()' }, window)).body);
    return series?.value ?? 0;
  };
  const spansKnown = async () => [await spansFound(), await spansCounted()];

  beforeAll(async () => {
    [tempo, embedded] = await Promise.all([startTempoPeer('program' in found ? found.program : ''), startTestStack()]);
    await Promise.all([send(tempo.otlpUrl), send(embedded.url)]);
    // Its answers trail ingest by a few seconds.
    await waitUntil(spansKnown, (known) => known.every((spans) => spans === sample.spans), {
      clock: systemClock,
      withinMs: 40_000,
      everyMs: 250,
    });
  });
  afterAll(async () => {
    await Promise.all([tempo?.[Symbol.asyncDispose](), embedded?.[Symbol.asyncDispose]()]);
  });

  /** With what Tempo stays with, while it moves traces from block to block; null: there is none, or one that parity allows for a reason. */
  const lastingDifference = async (query: TraceqlQuery, first: TempoAnswer): Promise<string | null> => {
    const isSame = (one: TempoAnswer, other: TempoAnswer) => differenceOf(query, one, other, several) === null;
    const ask = () => askTempo(tempo.url, query, window);
    const { answer: real } = await settleAnswer(first, { ask, isSame, clock: systemClock, signal: AbortSignal.timeout(60_000) });
    const own = await askTempo(embedded.url, query, window);
    const difference = differenceOf(query, real, own, several);
    if (difference === null || query.kind !== 'search') return difference;
    const question = {
      askedFor: 'generated',
      place: 'generated',
      kind: 'tempo-search',
      query: query.query,
      path: '',
      parameters: {},
    } as const;
    const answers = [timed(real), timed(own)] as const;
    const reason = await allowedReason({ question, difference, answers, tiedSamples: () => Promise.resolve(new Set()) });
    return reason === null ? difference : null;
  };
  const timed = (answer: TempoAnswer) => ({ ...answer, milliseconds: 0 });

  test('to generated searches and metrics', async () => {
    expect(await spansKnown()).toEqual([sample.spans, sample.spans]);
    const differences: string[] = [];
    let answered = 0;
    for (const query of traceqlQueries(sample.vocabulary, seed, 400)) {
      const [real, own] = await Promise.all([askTempo(tempo.url, query, window), askTempo(embedded.url, query, window)]);
      answered += real.status === 200 ? 1 : 0;
      if (differenceOf(query, real, own, several) === null) continue;
      const difference = await lastingDifference(query, real);
      if (difference !== null) differences.push(difference);
    }
    expect(differences).toEqual([]);
    // Most are real questions.
    expect(answered).toBeGreaterThan(380);
  });

  test('to metrics of a time that is not yet over', async () => {
    for (const seconds of [3, 17, 45]) {
      for (const kind of ['metrics', 'instant'] as const) {
        const query = { kind, query: '{ } | count_over_time()' };
        const ending = { ...window, endSeconds: Math.floor(systemClock.now() / 1_000) + seconds };
        const [real, own] = await Promise.all([askTempo(tempo.url, query, ending), askTempo(embedded.url, query, ending)]);
        expect(differenceOf(query, real, own), `${kind}, ${seconds} s ahead`).toBeNull();
      }
    }
  });

  test('and finds all that Tempo finds by &>> and &<<, of which it finds not everything', async () => {
    for (const query of lossyQueries(sample.vocabulary, seed, 40)) {
      const asked = { kind: 'search', query } as const;
      const [real, own] = await Promise.all([askTempo(tempo.url, asked, window), askTempo(embedded.url, asked, window)]);
      expect([...foundSpans(real).difference(foundSpans(own))], query).toEqual([]);
    }
  });

  const both = async (path: string): Promise<readonly [unknown, unknown]> => {
    const answers = await Promise.all([tempo.url, embedded.url].map(async (url) => fetch(`${url}${path}`)));
    expect(
      answers.map(({ status }) => status),
      path,
    ).toEqual([200, 200]);
    return (await Promise.all(answers.map(async (answer) => answer.json()))) as [unknown, unknown];
  };
  const range = `start=${window.startSeconds}&end=${window.endSeconds}`;

  test('to traces by id', async () => {
    for (const id of sample.vocabulary.traceIds.slice(0, 5)) {
      for (const path of [`/api/traces/${id}`, `/api/v2/traces/${id}`]) {
        const [real, own] = await both(path);
        expect(normaliseTrace(own), path).toEqual(normaliseTrace(real));
      }
    }
  });

  test('to questions for tags and their values', async () => {
    const [realNames, ownNames] = await both(`/api/search/tags?${range}`);
    expect(normaliseNames(ownNames, 'tagNames')).toEqual(normaliseNames(realNames, 'tagNames'));
    for (const scope of ['', 'span', 'resource', 'event', 'link', 'instrumentation', 'intrinsic']) {
      const [real, own] = await both(`/api/v2/search/tags?scope=${scope}&${range}`);
      expect(normaliseScopes(own), scope).toEqual(normaliseScopes(real));
    }
    const tags = [
      ...sample.vocabulary.attributes.map(({ scope, name }) => `${scope}.${name}`),
      '.region',
      'name',
      'status',
      'kind',
      'rootName',
      'event:name',
    ];
    for (const tag of tags) {
      const [real, own] = await both(`/api/v2/search/tag/${tag}/values?${range}`);
      expect(normaliseTagValues(own), tag).toEqual(normaliseTagValues(real));
    }
    for (const tag of ['route', 'service.name', 'name', 'replica']) {
      const [real, own] = await both(`/api/search/tag/${tag}/values?${range}`);
      expect(normaliseNames(own, 'tagValues'), tag).toEqual(normaliseNames(real, 'tagValues'));
    }
  });

  test('to the harness, whose client is the same for both', async () => {
    for (const traceql of ['{ resource.service.name = "shop" }', '{ status = error } | count() > 1']) {
      const found = await Promise.all(
        [tempo.url, embedded.url].map(async (url) => searchTraceIds({ url }, traceql, window.startSeconds, window.endSeconds)),
      );
      expect(found[0]?.toSorted()).toEqual(found[1]?.toSorted());
      expect(found[0]?.length).toBeGreaterThan(5);
    }
    const id = sample.vocabulary.traceIds[0] ?? '';
    const byStart = async (url: string) => (await traceById({ url }, id)).toSorted((one, other) => one.spanId.localeCompare(other.spanId));
    expect(await byStart(embedded.url)).toEqual(await byStart(tempo.url));
    expect(await traceById({ url: tempo.url }, 'f'.repeat(32))).toEqual([]);
  });
});
