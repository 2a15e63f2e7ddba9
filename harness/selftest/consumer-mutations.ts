// Defects of the consumer API and of its client, for scenario consumers-elsewhere.
import type { SelftestCase } from './case.ts';

export const consumerMutations: readonly SelftestCase[] = [
  {
    name: 'checkpoint-of-any-epoch',
    defect: 'a checkpoint of a consumer elsewhere is taken under an epoch that is over, as long as the position fits',
    scenario: 'consumers-elsewhere',
    exitCode: 1,
    namedBy: ['expectation/consumer-zombie-fenced'],
    edits: [
      {
        file: 'system/storage/postgres/consumer-desk.ts',
        find: "when l.epoch <> a.epoch then 'fenced'",
        replace: "when l.epoch < a.epoch then 'fenced'",
      },
    ],
  },
  {
    name: 'lane-goes-on-at-its-head',
    defect:
      'a lane of a consumer elsewhere that changes hands goes on behind all that is there: what its last owner had in hand is nobody’s',
    scenario: 'consumers-elsewhere',
    exitCode: 1,
    namedBy: ['expectation/redelivery-bounded', 'expectation/consumed-at-least-once'],
    edits: [
      {
        file: 'system/storage/postgres/consumer-desk.ts',
        find: 'set owner = $3, epoch = l.epoch + 1, expires_at',
        replace:
          'set owner = $3, epoch = l.epoch + 1, position = (select h.head from lanes h where h.lane = l.lane order by h.stream_version desc limit 1), expires_at',
      },
    ],
  },
  {
    name: 'done-when-handed-out',
    defect: 'the client takes an event for done as soon as it is handed out, and checkpoints it',
    scenario: 'consumers-elsewhere',
    exitCode: 1,
    namedBy: ['expectation/checkpoint-never-ahead'],
    edits: [
      {
        file: 'system/client/consumer/held-lanes.ts',
        find: 'inHand = { held, position: event.position };',
        replace: 'held.done = event.position;',
      },
    ],
  },
  {
    name: 'hands-out-after-its-lease',
    defect: 'the client goes on handing out what it has read, however long nobody has answered it',
    scenario: 'consumers-elsewhere',
    exitCode: 1,
    namedBy: ['expectation/given-under-lease'],
    edits: [
      {
        file: 'system/client/consumer/create-consumer.ts',
        find: 'lease.giveUpWhenOver();',
        replace: '',
      },
    ],
  },
  {
    name: 'consumers-never-behind',
    defect: 'the books say of every consumer elsewhere that it is not behind',
    scenario: 'consumers-elsewhere',
    exitCode: 1,
    namedBy: ['agreement/consumer-lag-over-time'],
    edits: [
      {
        file: 'system/storage/postgres/consumer-books.ts',
        find: 'sum(greatest(h.head - l.position, 0)) as lag',
        replace: 'sum(least(h.head - l.position, 0)) as lag',
      },
    ],
  },
];
