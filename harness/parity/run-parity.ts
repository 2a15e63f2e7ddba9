// Replays one recording into two runtimes and asks both everything that is asked of a run.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../engine/clock.ts';
import type { RunTimeline, SignalsRecord } from '../engine/run-data.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { askQuestion, type Answer } from './ask-question.ts';
import { createComparer } from './compare-answers.ts';
import { compareRuntimes, type Comparison } from './compare-runtimes.ts';
import { generatedQuestions } from './generated-questions.ts';
import { lokiInstant, prometheusInstant, tempoSearch, type Question, type Stretch } from './question.ts';
import { createTiedSamples } from './tied-lines.ts';
import { dashboardQuestions, ruleQuestions, verdictQuestions } from './questions-of-run.ts';
import { recordedLogs } from './recorded-logs.ts';
import { replay, type Replayed } from './replay.ts';

export type ParityOptions = {
  readonly runtimes: readonly [RunningStack, RunningStack];
  /** runs/<id>, with its recording. */
  readonly runFolder: string;
  readonly runId: string;
  readonly scenarios: readonly string[];
  readonly recording: string;
  /** How much later than recorded everything is: see shiftFor. */
  readonly shiftMs: number;
  readonly dashboardsFolder: string;
  readonly alertsFolder: string;
  readonly seed: number;
  /** Generated queries in PromQL; the other two languages get a fifth of it each. */
  readonly generated: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** How long a search may trail what was taken in. */
  readonly visibleWithinMs: number;
  readonly onAsked: (asked: number, of: number, different: number) => void;
};

export type ParityResult = { readonly comparison: Comparison; readonly replayed: Readonly<Record<string, Replayed>> };

const readJson = async <Value>(path: string): Promise<Value> => JSON.parse(await readFile(path, 'utf8')) as Value;

/** Prometheus steps from the start: whole seconds, so that a step is a moment that people can name. */
const stretchOf = ({ zeroAt, phases, drainedAt }: RunTimeline, shiftMs: number): Stretch => {
  const end = drainedAt ?? Math.max(zeroAt, ...phases.map(({ to }) => to));
  return { fromMs: Math.floor(zeroAt / 1_000) * 1_000 + shiftMs, toMs: Math.ceil(end / 1_000 + 2) * 1_000 + shiftMs, stepSeconds: 1 };
};

/** Budgets are asked for at times of their own. */
const laterBudgets = (signals: SignalsRecord, shiftMs: number): SignalsRecord => ({
  ...signals,
  budgets: signals.budgets.map((budget) => (budget.to > 0 ? { ...budget, from: budget.from + shiftMs, to: budget.to + shiftMs } : budget)),
});

/** `several`: see createComparer. */
type Asked = { readonly questions: readonly Question[]; readonly several: ReadonlySet<string> };

const questionsOf = async (options: ParityOptions): Promise<Asked> => {
  const { runFolder, runId, scenarios, dashboardsFolder, alertsFolder, runtimes, shiftMs } = options;
  const questions: Question[] = [];
  let several: ReadonlySet<string> = new Set();
  for (const [index, scenario] of scenarios.entries()) {
    const signals = laterBudgets(await readJson<SignalsRecord>(join(runFolder, scenario, 'signals.json')), shiftMs);
    const stretch = stretchOf(await readJson<RunTimeline>(join(runFolder, scenario, 'timeline.json')), shiftMs);
    questions.push(...verdictQuestions(signals, stretch), ...(await ruleQuestions(alertsFolder, stretch)));
    questions.push(...(await dashboardQuestions({ folder: dashboardsFolder, stretch, runId, scenario })));
    if (index > 0) continue;
    const generated = await generatedQuestions({ ...options, stack: runtimes[0], stretch });
    questions.push(...generated.questions);
    several = generated.several;
  }
  return { questions, several };
};

const count = ({ body }: Answer): string => {
  const { data, traces } = (body ?? {}) as { readonly data?: { readonly result?: unknown }; readonly traces?: readonly unknown[] };
  return JSON.stringify(
    traces?.length ?? (data?.result as readonly { readonly value?: readonly unknown[] }[] | undefined)?.map(({ value }) => value?.[1]),
  );
};

const mostTraces = 10_000;

/** A search trails what was taken in by seconds: asked until both have counted the same, so that no difference is only a matter of patience. */
const waitUntilVisible = async (
  { runtimes, runId, clock, signal, say, visibleWithinMs }: ParityOptions,
  sinceMs: number,
): Promise<void> => {
  const asked = { askedFor: 'metadata', place: 'all that there is' } as const;
  const stretch = { fromMs: sinceMs, toMs: clock.now(), stepSeconds: 1 };
  const questions = [
    tempoSearch({ ...asked, query: `{ resource.faultline.run = ${JSON.stringify(runId)} }` }, stretch, mostTraces),
    lokiInstant(
      { ...asked, query: `sum(count_over_time({service_name=~".+"} | faultline_run=${JSON.stringify(runId)} [2h]))` },
      stretch.toMs,
      1,
    ),
    prometheusInstant({ ...asked, query: `count(last_over_time({faultline_run=${JSON.stringify(runId)}}[2h]))` }, stretch.toMs),
  ];
  const countsOf = (stack: RunningStack) => Promise.all(questions.map(async (question) => count(await askQuestion(stack, question))));
  const look = async () => (await Promise.all(runtimes.map(countsOf))).map((counts) => counts.join(' '));
  const seen = await waitUntil(look, ([one, other]) => one === other, { clock, withinMs: visibleWithinMs, everyMs: 1_000, signal });
  const [one, other] = seen.last;
  say(
    seen.done
      ? `traces, log lines and series in both: ${one}`
      : `traces, log lines and series still differ after ${visibleWithinMs / 1_000} s: ${one} and ${other}`,
  );
};

export const runParity = async (options: ParityOptions): Promise<ParityResult> => {
  const { runtimes, recording, shiftMs, clock, say, signal, onAsked } = options;
  const replays = await Promise.all(runtimes.map((stack) => replay(stack, recording, shiftMs, clock)));
  const replayed = Object.fromEntries(runtimes.map(({ runtime }, index) => [runtime, replays[index] as Replayed]));
  await waitUntilVisible(options, clock.now() - 7_200_000);
  const { questions, several } = await questionsOf(options);
  say(`${questions.length} questions to ${runtimes.map(({ runtime }) => runtime).join(' and ')}`);
  const comparison = await compareRuntimes({
    runtimes,
    questions,
    ask: askQuestion,
    clock,
    differenceOf: createComparer(several),
    tiedSamples: createTiedSamples(await recordedLogs(recording, shiftMs), clock),
    signal,
    onAsked: (asked, different) => onAsked(asked, questions.length, different),
  });
  return { comparison, replayed };
};
