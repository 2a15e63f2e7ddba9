// Questions about traces that nobody wrote down: TraceQL by seed from what the recording holds, and the tags and values that Grafana asks for.
import type { RunningStack } from '../stack/running-stack.ts';
import { askQuestion } from './ask-question.ts';
import { tempoMetrics, tempoNames, tempoSearch, tempoTrace, type Question, widened, type Stretch } from './question.ts';
import { spread } from './spread.ts';
import type { TraceVocabulary } from './trace-vocabulary.ts';
import { traceWords, type FoundTrace, type ResourceSpans } from './trace-words.ts';
import { traceqlQueries } from './traceql-queries.ts';

const mostTraces = 10_000;
const tracesRead = 120;
const tracesAsked = 20;

const found = async (stack: RunningStack, query: string, stretch: Stretch): Promise<readonly string[]> => {
  const { body } = await askQuestion(stack, tempoSearch({ askedFor: 'metadata', place: 'traces', query }, stretch, mostTraces));
  const { traces = [] } = (body ?? {}) as { readonly traces?: readonly { readonly traceID: string }[] };
  return traces.map(({ traceID }) => traceID.padStart(32, '0')).toSorted();
};

const readTrace = async (stack: RunningStack, traceId: string): Promise<FoundTrace> => {
  const { body } = await askQuestion(stack, tempoTrace({ askedFor: 'metadata', place: 'traces' }, traceId));
  const { trace } = (body ?? {}) as { readonly trace?: { readonly resourceSpans?: readonly ResourceSpans[] } };
  return { traceId, blocks: trace?.resourceSpans ?? [] };
};

/** What one runtime knows of the recording; the other must know the same, which is asked as metadata. Some of all traces, and those with errors. */
export const readTraceWords = async (stack: RunningStack, runId: string, stretch: Stretch): Promise<TraceVocabulary> => {
  const ofRun = `resource.faultline.run = ${JSON.stringify(runId)}`;
  const [all, failed] = [await found(stack, `{ ${ofRun} }`, stretch), await found(stack, `{ ${ofRun} && status = error }`, stretch)];
  const ids = new Set([...spread(all, tracesRead), ...spread(failed, tracesRead / 4)]);
  const traces: FoundTrace[] = [];
  for (const id of ids) traces.push(await readTrace(stack, id));
  return traceWords(traces);
};

const scopes = ['', 'span', 'resource', 'event', 'link', 'instrumentation', 'intrinsic'];
const intrinsics = ['name', 'status', 'kind', 'rootName', 'rootServiceName', 'event:name'];

export const traceMetadataQuestions = (vocabulary: TraceVocabulary, runId: string, asked: Stretch): readonly Question[] => {
  const stretch = widened(asked);
  const q = `{ resource.faultline.run = ${JSON.stringify(runId)} }`;
  const tags = [...vocabulary.attributes.map(({ scope, name }) => `${scope}.${name}`), ...intrinsics, '.no.such.tag'];
  return [
    ...scopes.map((scope) => tempoNames('/api/v2/search/tags', stretch, { scope })),
    ...tags.map((tag) => tempoNames(`/api/v2/search/tag/${encodeURIComponent(tag)}/values`, stretch, { q })),
    ...vocabulary.traceIds.slice(0, tracesAsked).map((id) => tempoTrace({ askedFor: 'metadata', place: 'trace by id' }, id)),
  ];
};

export const traceqlQuestions = (vocabulary: TraceVocabulary, stretch: Stretch, seed: number, count: number): readonly Question[] =>
  traceqlQueries(vocabulary, seed, count).map(({ kind, query }, index) => {
    const asked = { askedFor: 'generated', place: `TraceQL ${index + 1} of seed ${seed}`, query } as const;
    if (kind === 'search') return tempoSearch(asked, stretch, mostTraces);
    return tempoMetrics(asked, { ...stretch, stepSeconds: 5 }, kind === 'metrics' ? 'tempo-range' : 'tempo-instant');
  });
