// The row of events that come by UDP: how many, and what was lost where.
import { signals } from '../../../system/contract/signals.ts';
import type { Row } from './dashboard.ts';
import { dashboardOf, linesBehind, runbookOf } from './link.ts';
import { growthOf, valueOf } from './metric.ts';
import { table, timeseries } from './panel.ts';
import * as quantity from './quantity.ts';
import { asRows, overTime } from './target.ts';
import * as trouble from './trouble.ts';

const toPipeline = dashboardOf('pipeline', 'Pipeline');
const ingestLines = linesBehind(trouble.ingestLines);
const ofInstance = { ...quantity.jobOf('ingest'), ...quantity.chosenInstance } as const;

export const datagrams: Row = {
  id: 600,
  title: 'Datagrams',
  panels: [
    timeseries({
      id: 601,
      title: 'What became of their events',
      question:
        'Does what comes by UDP get through? Events a second by the books: appended, duplicates, refused; missing is what senders counted and never got in.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(`sum by (faultline_udp_outcome) (${growthOf(signals.udpEvents)})`, '{{faultline_udp_outcome}}')],
      behind: [ingestLines],
      onward: [runbookOf('FaultlineDatagramsLost'), toPipeline],
    }),
    timeseries({
      id: 602,
      title: 'Lost, by place',
      question:
        'Where are datagrams lost? By the books, a second: in the kernel, in our bounded queue, in the network; unknown is what nobody can place. A place that can not be known has no line.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(`sum by (faultline_udp_place) (${growthOf(signals.udpLost)})`, '{{faultline_udp_place}}')],
      limits: { orange: 0.1, red: 10 },
      behind: [ingestLines],
      onward: [runbookOf('FaultlineDatagramsLost'), toPipeline],
    }),
    timeseries({
      id: 604,
      title: 'Datagrams taken',
      question:
        'Does anything come, and can it be read? Datagrams a second that ingest took from its sockets; unread ones were refused as a whole, repeated ones came again.',
      unit: 'short',
      targets: [overTime(`sum by (faultline_udp_outcome) (${growthOf(signals.udpDatagrams)})`, '{{faultline_udp_outcome}}')],
      behind: [ingestLines],
      onward: [runbookOf('FaultlineDatagramsLost'), toPipeline],
    }),
    timeseries({
      id: 605,
      title: 'Queue of datagrams and its limit',
      question: 'Does more come than can be committed? Bytes of datagrams that wait in each process; past the limit they are dropped.',
      unit: 'bytes',
      targets: [
        overTime(valueOf(signals.udpQueueSize, ofInstance), '{{instance}}'),
        overTime(`min(${valueOf(signals.udpQueueLimit, ofInstance)})`, 'limit'),
      ],
      behind: [ingestLines],
      onward: [runbookOf('FaultlineDatagramsLost'), toPipeline],
    }),
    table({
      id: 603,
      title: 'Lost in all',
      question: 'How many datagrams were lost since the books began, and where?',
      unit: 'short',
      targets: [asRows(`sum by (faultline_udp_place) (${valueOf(signals.udpLost)})`)],
      columns: { faultline_udp_place: 'Place', Value: 'Datagrams' },
      sortBy: 'Datagrams',
      behind: [ingestLines],
      onward: [runbookOf('FaultlineDatagramsLost'), toPipeline],
    }),
  ],
};
