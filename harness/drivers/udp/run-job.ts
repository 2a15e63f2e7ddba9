// The driver itself: sends a plan as datagrams, each at its time, and at the end says how many there were.
import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '../../history/operation.ts';
import { createBodyMaker } from '../../traffic/body.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { timerAfter } from '../batcher.ts';
import { type Player, type Playing, playPlan, type PlayOptions } from '../play-plan.ts';
import { type Maker, prepareAhead } from '../prepare-ahead.ts';
import { markOf } from './datagram.ts';
import { createProducer, fitsDatagram, type Producer } from './producer.ts';
import type { SenderTotals, UdpJob, UdpSummary } from './protocol.ts';
import type { Handed } from '../to-operation.ts';
import { markCopies } from '../../traffic/high-water-marks.ts';
import { type DatagramEnd, toDatagramOperation } from './to-operation.ts';
import type { UdpSocket } from './udp-socket.ts';

type Underway = Handed & { readonly body: Buffer; readonly ended: () => void };
type MadeBody = { readonly body: Buffer; readonly bodySha256: string };
type Run = Playing & {
  readonly job: UdpJob;
  readonly bodyOf: Maker<MadeBody>;
  readonly socket: UdpSocket;
  readonly producers: Map<string, Producer<Underway>>;
  readonly counts: { datagrams: number; blocked: number; marks: number };
};

/** So far apart, that what loses one need not lose the next. */
const markEveryMs = 20;

export type PreparedUdpJob = (play: Pick<PlayOptions, 'zeroAt' | 'report'>) => Promise<UdpSummary>;

/** Bodies and their hashes are made here, before the traffic begins. */
export const prepareUdpJob = (job: UdpJob, socket: UdpSocket, plan: TrafficPlan): PreparedUdpJob => {
  const bodyOf = prepareAhead(plan.operations, createMaker(job.seed));
  return async (play) => {
    const [producers, counts] = [new Map<string, Producer<Underway>>(), { datagrams: 0, blocked: 0, marks: 0 }];
    const summary = await playPlan({ job, plan, ...play }, (playing) =>
      createPlayer({ ...playing, job, bodyOf, socket, producers, counts }),
    );
    return {
      ...summary,
      senders: totalsOf(producers),
      blockedRatio: counts.datagrams === 0 ? 0 : counts.blocked / counts.datagrams,
      marks: counts.marks,
    };
  };
};

const createMaker = (seed: number): Maker<MadeBody> => {
  const make = createBodyMaker(seed);
  return (planned) => {
    const body = make(planned);
    return { body, bodySha256: hash('sha256', body) };
  };
};

const createPlayer = (run: Run): Player => ({
  hand: (planned, ended) => {
    const { body, bodySha256 } = run.bodyOf(planned);
    const handedAt = run.now();
    run.tally.handed(handedAt - planned.intendedAtMs);
    const event: Underway = { planned, body, bodySha256, bodyBytes: body.length, handedAt, ended };
    if (fitsDatagram(event)) producerOf(planned, run).add(event);
    else conclude(event, { kind: 'refused', code: 'client_datagram_too_long' }, run);
  },
  finish: () => sendMarks(run),
});

const producerOf = ({ producer = 0 }: PlannedOperation, run: Run): Producer<Underway> => {
  const source = `producer-${producer}`;
  const known = run.producers.get(source);
  if (known !== undefined) return known;
  const sender = { source, boot: run.job.boot };
  const made = createProducer<Underway>({
    sender,
    batch: run.job.batch,
    after: timerAfter,
    send: (bytes, n, events, refused) => {
      const datagram: NonNullable<Operation['datagram']> = { ...sender, n };
      sendOne(bytes, run, (refusal) => {
        if (refusal !== null) refused();
        const end: DatagramEnd = refusal === null ? { kind: 'sent', datagram } : { kind: 'refused', code: codeOf(refusal), datagram };
        events.forEach((event) => conclude(event, end, run));
      });
    },
  });
  run.producers.set(source, made);
  return made;
};

const sendOne = (bytes: Buffer, { socket, counts }: Run, sent: (refusal: Error | null) => void): void => {
  counts.datagrams += 1;
  socket.send(bytes, sent);
  if (socket.isBlocked()) counts.blocked += 1;
};

const conclude = (event: Underway, end: DatagramEnd, run: Run): void => {
  const operation = toDatagramOperation(event, end, run.now());
  run.tally.ended(operation);
  run.history.add(operation);
  event.ended();
};

const codeOf = (refusal: NodeJS.ErrnoException): string => `client_${(refusal.code ?? 'error').toLowerCase()}`;

const totalsOf = (producers: Run['producers']): readonly SenderTotals[] => [...producers.values()].map((producer) => producer.totals());

const sendMarks = async (run: Run): Promise<void> => {
  for (let copy = 1; copy <= markCopies; copy += 1) {
    await Promise.all(
      totalsOf(run.producers).map(
        ({ refused: _refused, ...totals }) =>
          new Promise<void>((resolve) => {
            run.counts.marks += 1;
            run.socket.send(markOf({ ...totals, copy }), () => resolve());
          }),
      ),
    );
    if (copy < markCopies) await delay(markEveryMs);
  }
};
