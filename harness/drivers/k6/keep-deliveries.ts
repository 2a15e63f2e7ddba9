// Makes the history of what k6 says, as it says it.
import type { HistoryWriter } from '../../history/history-writer.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';
import { type Dialect, guardAnswers } from '../dialect.ts';
import type { Tally } from '../tally.ts';
import { toOperation } from '../to-operation.ts';
import { type Delivered, readDelivery, unfinished } from './read-delivery.ts';
import type { SentBody } from './write-deliveries.ts';

export type KeeperOptions = {
  readonly plan: TrafficPlan;
  /** By the place of their operations in the plan. */
  readonly sent: readonly SentBody[];
  /** Epoch milliseconds. */
  readonly zeroAt: number;
  readonly dialect: Dialect;
  readonly definiteRefusals: readonly string[];
  readonly history: Pick<HistoryWriter, 'add'>;
  readonly tally: Pick<Tally, 'handed' | 'ended' | 'unreadable'>;
};

export type Keeper = {
  /** A line of k6's JSON output. */
  hear(line: string): void;
  /**
   * Nothing more comes. Those that k6 dropped are the last of the plan, were never sent and are in no history: the generator did not keep its plan, and the
   * check of that name says so. Those that it began and did not end are in doubt.
   */
  end(at: number): void;
};

export const createKeeper = ({ plan, sent, zeroAt, dialect, definiteRefusals, history, tally }: KeeperOptions): Keeper => {
  const heard = new Set<number>();
  const answers = guardAnswers(dialect, tally.unreadable);
  let dropped = 0;
  const keep = ({ op, startedAt, tookMs, reply }: Omit<Delivered, 'kind'>): void => {
    const [planned, body] = [plan.operations[op], sent[op]];
    if (planned === undefined || body === undefined || heard.has(op)) return;
    heard.add(op);
    // k6's scripts know whole milliseconds. Nobody is early; and an end is put at the end of its millisecond, so that no order is claimed that was not.
    const handedAt = Math.max(planned.intendedAtMs, startedAt - zeroAt);
    const doneAt = Math.max(handedAt, startedAt - zeroAt + tookMs + 1);
    const operation = toOperation({ planned, handedAt, ...body }, reply, doneAt, definiteRefusals, answers);
    tally.handed(handedAt - planned.intendedAtMs);
    tally.ended(operation);
    history.add(operation);
  };
  return {
    hear: (line) => {
      const said = readDelivery(line);
      if (said?.kind === 'delivered') keep(said);
      else if (said !== null) dropped += said.count;
    },
    end: (at) => {
      const begun = plan.operations.slice(0, Math.max(0, plan.operations.length - dropped));
      begun.forEach(({ intendedAtMs }, op) => {
        // Sent when it was due, for all that is known.
        const startedAt = Math.min(zeroAt + intendedAtMs, at);
        keep({ op, startedAt, tookMs: Math.max(0, at - startedAt), reply: unfinished() });
      });
    },
  };
};
