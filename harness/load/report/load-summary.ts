// The last screen of a load run: phases, gates, what is in doubt, and where the report is. Its last line is the verdict.
import { join, relative } from 'node:path';
import { type Colors, painted } from '../../report/console/colors.ts';
import { count, milliseconds } from '../../report/console/numbers.ts';
import { type Cell, type Column, renderTable } from '../../report/console/table.ts';
import type { GateResult, LoadResult, PhaseResult } from '../result.ts';
import { capacitySentence, comparedSentences, kneeSentence } from './sentences.ts';
import { errorsText, gateValue, percent, rate } from './figures.ts';

const phaseColumns: readonly Column[] = [
  { title: 'phase' },
  ...['sent', 'ok', 'errors', 'answers', 'p50', 'p90', 'p99', 'p99.9', 'max', 'late', 'blocked'].map((title): Column => ({
    title,
    align: 'right',
  })),
];
const gateColumns: readonly Column[] = [{ title: 'gate' }, { title: 'phase' }, { title: 'measured', align: 'right' }, { title: 'outcome' }];

export const renderLoadSummary = (result: LoadResult, folder: string, colors: Colors): string =>
  [
    ...(result.knee === null ? planned(result, colors) : ['', kneeSentence(result.knee)]),
    ...(result.capacity === null ? [] : ['', capacitySentence(result.capacity)]),
    ...(result.compared === null ? [] : ['', ...comparedSentences(result.compared)]),
    ...result.doubts.map((doubt) => `in doubt: ${doubt}`),
    '',
    ...(result.knee === null ? [explanation] : []),
    `seed ${result.seed}, driver ${result.driver}`,
    `report  ${relative(process.cwd(), join(folder, 'report.html'))}`,
    colors.bold(painted(colors, result.verdict)),
  ].join('\n');

const planned = (result: LoadResult, colors: Colors): readonly string[] => [
  '',
  ...renderTable(phaseColumns, result.measured.phases.map(phaseRow)),
  ...result.measured.phases.flatMap(({ name, errors }) =>
    Object.keys(errors).length === 0 ? [] : [`  errors of ${name}: ${errorsText(errors)}`],
  ),
  '',
  ...renderTable(
    gateColumns,
    result.gates.map((gate) => gateRow(gate, colors)),
  ),
  ...result.gates.flatMap(({ slo, phase, because }) => (because === null ? [] : [`  ${slo} in ${phase}: ${because}`])),
  ...busyText(result.measured.saturation),
];

/** Where the generator was late, this tells whose fault it was: its own, or of a machine that others use. */
const busyText = (samples: LoadResult['measured']['saturation']): readonly string[] => {
  if (samples.every(({ eventLoop }) => eventLoop === 0)) return [];
  const most = (values: readonly (number | null)[]): string => percent(Math.max(0, ...values.map((value) => value ?? 0)));
  const [loop, machine] = [most(samples.map(({ eventLoop }) => eventLoop)), most(samples.map(({ machineCpu }) => machineCpu))];
  return [`busy at most: event loop of the generator ${loop}, all cores of the machine ${machine}`];
};

const explanation = `Latency counts from the time at which a request was due, and what was given up counts with the time waited. "late" is the generator's
own delay (over 10 ms), "blocked" what found no free connection. With over 2% late nothing is green.`;

const phaseRow = (phase: PhaseResult): readonly Cell[] => {
  const { p50, p90, p99, p999, max } = phase.latencyMs;
  return [
    phase.kind === 'warm-up' ? `${phase.name} (not judged)` : phase.name,
    count(phase.sent),
    count(phase.ok),
    percent(phase.errorShare),
    rate(phase.throughput),
    ...[p50, p90, p99, p999, max].map(milliseconds),
    percent(phase.lateRatio),
    percent(phase.blockedRatio),
  ].map((text) => ({ text }));
};

const verdictOf = { holds: 'pass', missed: 'fail', unproven: 'inconclusive' } as const;

const gateRow = (gate: GateResult, colors: Colors): readonly Cell[] => [
  { text: gate.slo },
  { text: gate.phase },
  { text: gateValue(gate) },
  { text: gate.outcome, paint: (text) => painted(colors, verdictOf[gate.outcome], text) },
];
