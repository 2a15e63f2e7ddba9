// `--plan`: what would be sent, without sending it: the phases, and the first request as the target would see it.
import { count, seconds } from '../report/console/numbers.ts';
import { renderTable } from '../report/console/table.ts';
import { expectedArrivals, totalArrivals, totalSeconds } from '../load/plan/stage.ts';
import { createRequestMaker } from '../load/request/make-requests.ts';
import type { LoadOptions } from './load-options.ts';

const shownBytes = 600;

export const showLoadPlan = ({ stages, slos, request, seed, target, arrivals }: LoadOptions): string => {
  const columns = [
    { title: 'phase' },
    { title: 'time', align: 'right' },
    { title: 'rate', align: 'right' },
    { title: 'requests', align: 'right' },
  ] as const;
  const rows = stages.map((stage) => [
    { text: stage.name },
    { text: seconds(stage.seconds) },
    { text: stage.fromPerSecond === stage.toPerSecond ? `${stage.fromPerSecond}/s` : `${stage.fromPerSecond}..${stage.toPerSecond}/s` },
    { text: count(expectedArrivals(stage)) },
  ]);
  const first = createRequestMaker(request, seed)(0, 0);
  return [
    `${request.method} ${target.origin}${first.path}`,
    ...pairs(first.headers).map(([name]) => `${name}: …`),
    ...(first.body === null ? [] : ['', first.body.toString().slice(0, shownBytes)]),
    '',
    ...renderTable(columns, rows),
    `${count(totalArrivals(stages))} requests in ${seconds(totalSeconds(stages))}, ${arrivals} arrivals, seed ${seed}`,
    `gates: ${slos.map(({ text }) => text).join(', ')}`,
    '',
  ].join('\n');
};

const pairs = (headers: readonly string[]): readonly (readonly [string, string])[] =>
  Array.from({ length: headers.length / 2 }, (_, index) => [headers[index * 2] ?? '', headers[index * 2 + 1] ?? '']);
