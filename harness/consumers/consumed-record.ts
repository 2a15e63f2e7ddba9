// The record of one instance: each line is in the kernel's hands when the call returns, so that kill -9 takes nothing with it.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Clock } from '../engine/clock.ts';
import type { AskedCheckpoint, CheckpointAnswer, Consumed, LaneLease } from '../history/consumed-line.ts';
import type { ConsumerJob } from './consumer-job.ts';

export type EventPlace = { readonly lane: number; readonly position: number };
export type GivenEvent = EventPlace & { readonly id: number; readonly system_name: string; readonly object_id: string };

export type ConsumedRecord = {
  leased(askedAt: number, lanes: readonly LaneLease[]): void;
  /** Under the epoch that the last answer named, where none is given. */
  given(event: GivenEvent, epoch?: number): void;
  done(event: EventPlace, epoch?: number): void;
  /** Returns its number, for the answer. */
  checkpoint(lanes: readonly AskedCheckpoint[]): number;
  answered(n: number, results: readonly CheckpointAnswer[] | null): void;
  /** There was no connection to ask over. */
  refused(n: number): void;
  ended(): void;
};

export const openConsumedRecord = ({ file, instance: by, index, door, leaseMs }: ConsumerJob, clock: Clock): ConsumedRecord => {
  const descriptor = openSync(file, 'a');
  const write = (line: Consumed): void => void writeSync(descriptor, `${JSON.stringify({ by, at: clock.now(), ...line })}\n`);
  let epochs: ReadonlyMap<number, number> = new Map();
  /** Of what is in hand: its lane may be leased anew before the work on it is done. */
  const inHand = new Map<number, number | null>();
  let checkpoints = 0;
  write({ kind: 'began', index, door, leaseMs });
  return {
    leased: (askedAt, lanes) => {
      epochs = new Map(lanes.map(({ lane, epoch }) => [lane, epoch]));
      write({
        kind: 'leased',
        askedAt,
        lanes: lanes.map(({ lane, epoch, position, ending }) => ({ lane, epoch, position, ending })),
      });
    },
    given: ({ lane, position, id, system_name: systemName, object_id: objectId }, known) => {
      const epoch = known ?? epochs.get(lane) ?? null;
      inHand.set(lane, epoch);
      write({ kind: 'given', lane, epoch, position, id, systemName, objectId });
    },
    done: ({ lane, position }, known) => write({ kind: 'done', lane, epoch: known ?? inHand.get(lane) ?? null, position }),
    checkpoint: (lanes) => {
      checkpoints += 1;
      write({ kind: 'checkpoint', n: checkpoints, lanes });
      return checkpoints;
    },
    answered: (n, results) => write({ kind: 'answered', n, results }),
    refused: (n) => write({ kind: 'answered', n, results: null, wasRefused: true }),
    ended: () => {
      write({ kind: 'ended' });
      closeSync(descriptor);
    },
  };
};
