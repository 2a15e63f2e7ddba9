// Versions of read models that are built beside the one that is read, and erasures under way.
import { signals } from '../../../system/contract/signals.ts';
import type { Row } from './dashboard.ts';
import { dashboardOf, linesBehind, tracesBehind } from './link.ts';
import { valueOf } from './metric.ts';
import { stat, timeseries } from './panel.ts';
import * as quantity from './quantity.ts';
import { atTheEnd, overTime } from './target.ts';
import * as trouble from './trouble.ts';

const toWorkers = dashboardOf('stream-and-workers', 'Stream and workers');
const behind = [tracesBehind(trouble.processed, 'Traces of processing'), linesBehind(trouble.workerLines)];
const one = quantity.chosenProcessor;
const byVersion = '{{faultline_processor}} {{faultline_processor_version}}';

export const rebuilds: Row = {
  id: 600,
  title: 'Rebuilds and erasures',
  panels: [
    stat({
      id: 601,
      title: 'Rebuild passed',
      question: 'How far is the version that is built? Share of the log that it has passed; 1 where none is built.',
      unit: 'percentunit',
      targets: [
        atTheEnd(`min by (faultline_processor, faultline_processor_version) (${valueOf(signals.rebuildProgress, one)})`, byVersion),
      ],
      behind,
      onward: [toWorkers],
    }),
    stat({
      id: 602,
      title: 'Rebuild behind',
      question: 'May it be switched to? Age of the oldest event that the version which is built has not passed; 0 where none is built.',
      unit: 's',
      targets: [atTheEnd(`max(${valueOf(signals.rebuildLagDuration, one)})`)],
      behind,
      onward: [toWorkers],
    }),
    stat({
      id: 603,
      title: 'Rebuild dead letters',
      question: 'Is there something to decide before it is read? Dead letters of the version that is built.',
      unit: 'short',
      targets: [atTheEnd(`sum(${valueOf(signals.rebuildDeadLetters, one)})`)],
      limits: { orange: 1 },
      behind: [linesBehind(trouble.deadLetterLines, 'Each dead letter, with its reason')],
      onward: [toWorkers],
    }),
    stat({
      id: 604,
      title: 'Erasures under way',
      question: 'Is an erasure without its proof yet? One that stays has something to wait for: npm run ops -- erasures show says what.',
      unit: 'short',
      targets: [atTheEnd(`sum(${valueOf(signals.erasuresOpen)})`)],
      limits: { orange: 1 },
      behind: [linesBehind(trouble.workerLines)],
      onward: [toWorkers],
    }),
    timeseries({
      id: 605,
      title: 'Events before the version that is built',
      question: 'When will it be there? A line that falls steadily; it falls slower while live traffic needs the machine.',
      unit: 'short',
      targets: [overTime(`sum by (faultline_processor, faultline_processor_version) (${valueOf(signals.rebuildLag, one)})`, byVersion)],
      behind,
      onward: [toWorkers],
    }),
  ],
};
