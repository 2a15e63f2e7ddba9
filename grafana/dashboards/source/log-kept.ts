// The row of the log's partitions: made ahead, kept, past retention.
import { signals } from '../../../system/contract/signals.ts';
import type { Row } from './dashboard.ts';
import { dashboardOf, linesBehind, runbookOf, tracesBehind } from './link.ts';
import { valueOf } from './metric.ts';
import { timeseries } from './panel.ts';
import { overTime } from './target.ts';
import * as trouble from './trouble.ts';

const toPipeline = dashboardOf('pipeline', 'Pipeline');
const behind = [tracesBehind(trouble.ingestRequests, 'Traces of requests'), linesBehind(trouble.workerLines)];

export const kept: Row = {
  id: 700,
  title: 'What the log keeps',
  panels: [
    timeseries({
      id: 701,
      title: 'Partitions of the log',
      question:
        'Is the log ready for the days to come, and rid of those that are over? Days made ahead, and partitions past retention that stay.',
      unit: 'short',
      targets: [
        overTime(`min(${valueOf(signals.logPartitionsAhead)})`, 'days ahead'),
        overTime(`max(${valueOf(signals.logPartitionsOverdue)})`, 'past retention'),
      ],
      behind,
      onward: [runbookOf('FaultlineLogPartitionsMissing'), runbookOf('FaultlineRetentionWaits')],
    }),
    timeseries({
      id: 702,
      title: 'How far back the log goes',
      question: 'From when can a read model be rebuilt? Since the oldest partition began.',
      unit: 's',
      targets: [overTime(`max(${valueOf(signals.logOldestAge)})`, 'oldest partition')],
      behind,
      onward: [runbookOf('FaultlineRetentionWaits'), toPipeline],
    }),
    timeseries({
      id: 703,
      title: 'Low-water marks',
      question: 'From which position on does each lane have its events? Those up to the mark were dropped by retention.',
      unit: 'none',
      targets: [overTime(`max by (faultline_lane) (${valueOf(signals.logLowWater)})`, 'lane {{faultline_lane}}')],
      behind,
      onward: [runbookOf('FaultlineRetentionWaits'), toPipeline],
    }),
  ],
};
