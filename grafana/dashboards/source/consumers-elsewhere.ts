// The row of those who consume elsewhere, over HTTP, and of exports.
import { signals } from '../../../system/contract/signals.ts';
import type { Row } from './dashboard.ts';
import { dashboardOf, linesBehind, tracesBehind } from './link.ts';
import { rateOf, sumOf, valueOf } from './metric.ts';
import { timeseries } from './panel.ts';
import { limits } from './quantity.ts';
import { overTime } from './target.ts';
import * as trouble from './trouble.ts';

const toPipeline = dashboardOf('pipeline', 'Pipeline');
const queries = tracesBehind(trouble.queries, 'Traces of queries');
const queryLines = linesBehind(trouble.queryLines);

/** 0 where there is no consumer, and nothing where nobody exports the books. */
const orNone = (expression: string): string => `${expression} or 0 * ${sumOf(valueOf(signals.accountingAge))}`;

export const elsewhere: Row = {
  id: 600,
  title: 'Consumers over HTTP, and exports',
  panels: [
    timeseries({
      id: 601,
      title: 'Events that consumers have not read',
      question: 'Does one of those who consume elsewhere fall behind? Events after the checkpoint of each; 0 where there is none.',
      unit: 'short',
      targets: [overTime(orNone(`sum by (faultline_consumer) (${valueOf(signals.consumerLag)})`), '{{faultline_consumer}}')],
      limits: limits.waiting,
      behind: [queries, queryLines],
      onward: [toPipeline],
    }),
    timeseries({
      id: 602,
      title: 'Oldest event that a consumer has not read',
      question: 'Since when does it stand still? Age of the oldest event after the checkpoint of each; retention will pass it one day.',
      unit: 's',
      targets: [overTime(orNone(`max by (faultline_consumer) (${valueOf(signals.consumerLagDuration)})`), '{{faultline_consumer}}')],
      behind: [queries, queryLines],
      onward: [toPipeline],
    }),
    timeseries({
      id: 603,
      title: 'Read over HTTP',
      question: 'Who is connected, and does anything reach them? Readers that wait or stream now, and events a second given to them.',
      unit: 'short',
      targets: [
        overTime(`sum by (faultline_consumer_door) (${valueOf(signals.consumerReaders)})`, '{{faultline_consumer_door}}: readers'),
        overTime(`sum by (faultline_consumer_door) (${rateOf(signals.consumerDelivered)})`, '{{faultline_consumer_door}}: events /s'),
      ],
      behind: [queries, queryLines],
      onward: [toPipeline],
    }),
    timeseries({
      id: 604,
      title: 'Checkpoints, ended streams and exports',
      question:
        'Are consumers refused or cut off? Checkpoints by what became of them, streams by why they ended, exports by whether they are whole.',
      unit: 'short',
      targets: [
        overTime(`sum by (faultline_outcome) (${rateOf(signals.consumerCheckpoints)})`, 'checkpoints {{faultline_outcome}} /s'),
        overTime(`sum by (faultline_reason) (${rateOf(signals.consumerStreamsEnded)})`, 'streams ended: {{faultline_reason}} /s'),
        overTime(`sum by (faultline_outcome) (${rateOf(signals.exports)})`, 'exports {{faultline_outcome}} /s'),
      ],
      behind: [queries, queryLines],
      onward: [toPipeline],
    }),
  ],
};
