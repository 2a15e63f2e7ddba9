// docs/scenarios.md: the language with all that it may name, and each scenario with its timeline. Made from the code, and held equal to it by a test.
import { faults } from '../faults/registry.ts';
import { count } from '../report/console/numbers.ts';
import { describeConsumers, describeExpected, boundOf, describeTraffic } from '../report/describe-scenario.ts';
import { describeFault } from '../scenario/faults/describe-fault.ts';
import { drawTimeline } from '../report/timeline.ts';
import { expectations, seen } from '../scenario/expectations.ts';
import type { Measures } from '../scenario/measure.ts';
import { describeShape } from '../scenario/rate-shape.ts';
import type { CheckReference, Phase, RateShape, Scenario } from '../scenario/scenario.ts';
import { needsOfFault } from '../targets/check-needs.ts';
import { offers } from '../targets/offers.ts';
import { poisonCatalogue } from '../traffic/poison.ts';

const columns = 72;

export const scenarioDocs = (scenarios: readonly Scenario[], measures: Measures): string =>
  `${[
    '# Scenarios',
    '',
    '<!-- Made by `npm run scenarios -- docs`; a test holds it equal to the code. -->',
    '',
    'How one is written: [writing-a-scenario.md](writing-a-scenario.md). A system of your own: [own-system.md](own-system.md).',
    '',
    '## What there is',
    ...table(['scenario', 'set', 'traffic', 'what happens'], scenarios.map(rowOf)),
    ...scenarios.flatMap((scenario) => ['', ...chapterOf(scenario)]),
    '',
    ...words(measures),
  ].join('\n')}\n`;

/** All that a scenario may name. */
const words = (measures: Measures): readonly string[] => [...wordsOfTraffic(), '', ...wordsOfJudging(measures)];

const wordsOfTraffic = (): readonly string[] => [
  '## Words of the language',
  '',
  '### How the rate of a phase goes',
  'A phase has `ratePerSecond`; with `shape` that is what it begins with.',
  '',
  ...shapes.flatMap(shapeLines),
  '',
  '### Keys',
  ...table(['keys', 'which'], [...keyKinds]),
  '',
  '### Deliveries and clocks',
  ...table(['field of traffic', 'what it does'], [...trafficFields]),
  '',
  '### Poison',
  'The kinds of a scenario come in turn, and the forms of a kind in turn.',
  '',
  ...table(
    ['kind', 'what it is', 'forms'],
    Object.entries(poisonCatalogue).map(([kind, { means, forms }]) => [`\`${kind}\``, means, forms.join('; ')]),
  ),
];

const wordsOfJudging = (measures: Measures): readonly string[] => [
  '### Faults',
  ...table(
    ['kind', 'needs of the target'],
    Object.keys(faults)
      .toSorted()
      .map((kind) => [`\`${kind}\``, needsOfFault(kind).join(', ')]),
  ),
  '',
  '### What may be expected',
  ...table(
    ['check', 'parameters', 'what holds'],
    Object.entries(expectations).map(([name, entry]) => [
      `\`${name}\``,
      parametersOf('parameters' in entry ? entry.parameters : {}),
      entry.means,
    ]),
  ),
  '',
  '### What may have to be seen',
  'A number is the least that must be seen; less makes the run inconclusive.',
  '',
  ...table(
    ['name', 'at least so many'],
    Object.entries(seen).map(([name, { means }]) => [`\`${name}\``, means]),
  ),
  '',
  '### Measures that a budget may be set on',
  'Of faultline itself. A question of your own has `promql`, `over` and `unit` instead; `$run` selects the run, `$phase` is the phase’s length.',
  '',
  ...table(
    ['measure', 'unit', 'when', 'what it is'],
    Object.entries(measures).map(([name, { unit, over, means }]) => [
      `\`${name}\``,
      unit,
      over === 'end' ? 'at the phase’s end' : 'every second',
      means,
    ]),
  ),
  '',
  '### What a target may offer',
  'A check that needs what is not offered is *not possible*: plan and verdict name it, with the reason.',
  '',
  ...table(
    ['offer', 'what it means'],
    Object.entries(offers).map(([name, means]) => [`\`${name}\``, means]),
  ),
];

const parametersOf = (parameters: Readonly<Record<string, string>>): string => {
  const given = Object.entries(parameters);
  const named = given.map(([parameter, kind]) => `\`${parameter}\`: ${kind.replace('?', '')}`).join(', ');
  if (given.length === 0) return 'true';
  return given.every(([, kind]) => kind.endsWith('?')) ? `true, or ${named}` : named;
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);

const rowOf = (scenario: Scenario): readonly string[] => [
  `[\`${scenario.name}\`](#${scenario.name})`,
  scenario.set ?? 'default',
  `${scenario.phases.reduce((sum, { seconds }) => sum + seconds, 0)} s`,
  scenario.title,
];

const chapterOf = (scenario: Scenario): readonly string[] => [
  `### ${scenario.name}`,
  `${scenario.title}.`,
  '',
  scenario.why,
  '',
  '```',
  ...drawTimeline(scenario, { columns }).map((line) => line.trimEnd()),
  '```',
  '',
  `- traffic: ${describeTraffic(scenario.traffic)}`,
  ...(scenario.reads === undefined ? [] : [`- ${scenario.reads.ratePerSecond} reads a second beside it`]),
  ...(scenario.consumers === undefined ? [] : [`- beside it ${describeConsumers(scenario.consumers)}`]),
  ...scenario.phases.map((phase) => `- phase \`${phase.name}\` (${phase.kind}): ${rateOf(phase)} for ${phase.seconds} s`),
  ...scenario.faults.map(
    (fault) => `- fault \`${fault.name}\`, ${fault.at.afterSeconds} s into \`${fault.at.phase}\`: ${describeFault(fault)}`,
  ),
  ...scenario.expectations.map((reference) => `- expected: ${referenceOf(reference)}`),
  ...scenario.mustBeSeen.map((reference) => `- must be seen: ${referenceOf(reference)}`),
  ...scenario.budgets.map(
    (budget) =>
      `- budget \`${budget.name}\` ${boundOf(budget)} in ${budget.phase === 'all' ? 'all phases' : `\`${budget.phase}\``}: ${budget.why}`,
  ),
  ...scenario.detection.fires.map((alert) => `- alert: ${describeExpected(alert)}`),
  ...(scenario.detection.tolerated ?? []).map(({ alert, why }) => `- ${alert} may fire or not: ${why}`),
  ...(scenario.detection.fires.length === 0 ? ['- no alert fires'] : []),
  `- everything drained within ${scenario.drainWithinSeconds} s`,
];

const rateOf = (phase: Phase): string =>
  `${count(phase.ratePerSecond)} a second${phase.shape === undefined ? '' : `, ${describeShape(phase.shape)}`}`;

const referenceOf = ({ check, parameters }: CheckReference): string =>
  parameters === undefined
    ? `\`${check}\``
    : `\`${check}\` (${Object.entries(parameters)
        .map(([name, value]) => `${name} ${[value].flat().join(', ')}`)
        .join(', ')})`;

const shapes: readonly RateShape[] = [
  { kind: 'ramp', toPerSecond: 500 },
  { kind: 'step', toPerSecond: 500, steps: 4 },
  { kind: 'spike', toPerSecond: 500, afterSeconds: 4, seconds: 2 },
  { kind: 'diurnal', toPerSecond: 500, periodSeconds: 5 },
  { kind: 'bursty', toPerSecond: 500, burstSeconds: 0.5, calmSeconds: 1 },
];

/** Bursts come at random: what is expected of them is a straight line, which would mislead. */
const shapeLines = (shape: RateShape): readonly string[] => {
  const phase: Phase = { name: 'phase', kind: 'steady', seconds: 10, ratePerSecond: 100, shape };
  const drawn = shape.kind === 'bursty' ? [] : [drawTimeline({ phases: [phase], faults: [] }, { columns })[0] ?? ''];
  return [`\`${JSON.stringify(shape)}\`: ${describeShape(shape)}.`, '', ...(drawn.length === 0 ? [] : ['```', ...drawn, '```', ''])];
};

const keyKinds = [
  ["`{ kind: 'uniform', count }`", 'all alike'],
  [
    "`{ kind: 'zipf', count, exponent }`",
    'the first key most, the second 2^exponent times less, and so on: a few hot ones, as real objects are',
  ],
  ["`{ kind: 'hot', count, hot, share }`", 'the first `hot` keys take `share` of all events between them'],
] as const;

const trafficFields = [
  ['`sequenced: true`', 'the producer numbers the events of a key 1, 2, 3 …'],
  ['`disorder: { share, places }`', 'this share is moved back by up to so many places in the order of sending'],
  ['`duplicates: { share, withinMs }`', 'this share is delivered a second time, with the same id and body, a little later'],
  ['`late: { share, byMs }`', 'the own time of this share lies back by up to so much'],
  ['`early: { share, byMs }`', 'the own time of this share lies ahead by up to so much'],
  [
    '`producers: { count, skewMs }`',
    'so many producers, each with a clock that is off by up to so much for good; `metadata.producer` says which',
  ],
  ["`ids: 'none'`", 'events are sent without an id, each once; the harness knows them by their bodies'],
  [
    '`retries: 3`',
    'so many attempts more after a refusal, an error or no answer, as a good client makes them: the same id, jitter, not before Retry-After (seconds or a date), and not at all where that asks for more than a minute',
  ],
  [
    '`driver: k6({ users, script })`',
    'the k6 program sends the plan, with so many virtual users; `script` is a module of your own that sends one event. Its metrics are in the stack of the run ([more](writing-a-scenario.md#sent-by-k6))',
  ],
  [
    '`tenants: [{ name, share, eventsPerSecond }]`',
    'tenants of the target, each with a key of its own, send these shares; `eventsPerSecond` is a quota that the target is given. The system of an event is its tenant',
  ],
  ['`senders: 2`', 'so many processes share the sending, where one core can not send it all'],
  [
    '`batch: { size, lingerMs }`',
    'clients gather events and send them together, when there are `size` of them or the first has waited for so long; each has its own answer, and only those that were refused are sent again. The wait is in the latency',
  ],
  [
    "`transport: 'udp'`",
    'numbered datagrams that nobody answers, for targets that offer `datagrams`: what was sent is in doubt for good; with `batch`, several events in one datagram',
  ],
  ['`poison: { share, kinds }`', 'this share is poison, of these kinds in turn, on keys of its own'],
  [
    '`traffic: replay(file)`',
    'the deliveries of a `history.ndjson`, at the same times, about the same keys, with second deliveries and kinds of poison',
  ],
] as const;
