// What those who consumed elsewhere wrote down, looked up by lane, lease and checkpoint.
import type { RunData } from '../engine/run-data.ts';
import type { ConsumerDoor } from '../scenario/consumers.ts';
import type { AskedCheckpoint, ConsumedLine } from './consumed-line.ts';

export type LineOf<Kind extends ConsumedLine['kind']> = Extract<ConsumedLine, { readonly kind: Kind }>;

/** The records that can be judged, or why there are none. A record that is not whole still shows what it shows. */
export const consumedOf = ({ consumed, plan }: RunData): readonly ConsumedLine[] | string => {
  if (consumed === null)
    return plan.scenario.consumers === undefined ? 'Nobody consumes elsewhere in this scenario.' : 'Nothing was written down by consumers.';
  return consumed.rows.some(({ kind }) => kind === 'given') ? consumed.rows : 'No consumer was given anything.';
};

/** Why nothing is proven by what was not found in the records; null: they are whole. */
export const cutRecords = ({ consumed }: RunData): string | null =>
  consumed === null || consumed.complete
    ? null
    : `The records of consumers are not whole, so what was not found in their ${consumed.rows.length} lines proves nothing.`;

export const linesOf = <Kind extends ConsumedLine['kind']>(lines: readonly ConsumedLine[], kind: Kind): readonly LineOf<Kind>[] =>
  lines.filter((line): line is LineOf<Kind> => line.kind === kind);

/** One instance after the other, each with its lines in their order. */
export const byInstance = (lines: readonly ConsumedLine[]): ReadonlyMap<string, readonly ConsumedLine[]> =>
  Map.groupBy(lines, ({ by }) => by);

export const doorOf = (lines: readonly ConsumedLine[]): ConsumerDoor | null => linesOf(lines, 'began')[0]?.door ?? null;

/** One instance's time with a lane: each time that a lane is taken it has a higher epoch. */
export type Tenure = {
  readonly by: string;
  readonly lane: number;
  readonly epoch: number;
  /** The checkpoint as it was told with the lease. */
  readonly position: number;
  /** When the first answer with it was there. */
  readonly at: number;
};

/** By lane, in the order of their epochs. */
export const tenuresOf = (lines: readonly ConsumedLine[]): ReadonlyMap<number, readonly Tenure[]> => {
  const tenures = new Map<string, Tenure>();
  for (const { by, at, lanes } of linesOf(lines, 'leased'))
    for (const { lane, epoch, position } of lanes) {
      const name = `${by}/${lane}/${epoch}`;
      if (!tenures.has(name)) tenures.set(name, { by, lane, epoch, position, at });
    }
  const inOrder = [...tenures.values()].toSorted((left, right) => left.epoch - right.epoch);
  return Map.groupBy(inOrder, ({ lane }) => lane);
};

export type CheckpointAttempt = AskedCheckpoint & {
  readonly by: string;
  /** Lanes that were asked for together have the same. */
  readonly n: number;
  readonly askedAt: number;
  /** Where no answer came, when that was known; Infinity where that was never written down. */
  readonly answeredAt: number;
  /** null: nobody was told. `unheard`: there was no connection. */
  readonly outcome: string | null;
};

const unheard = 'unheard';

/** Of each instance in the order of asking, a lane each. */
export const checkpointAttempts = (lines: readonly ConsumedLine[]): readonly CheckpointAttempt[] =>
  [...byInstance(lines).values()].flatMap((own) => {
    const answers = new Map(linesOf(own, 'answered').map((line) => [line.n, line]));
    return linesOf(own, 'checkpoint').flatMap(({ by, at, n, lanes }) => {
      const answer = answers.get(n);
      return lanes.map((asked) => ({
        ...asked,
        by,
        n,
        askedAt: at,
        answeredAt: answer?.at ?? Infinity,
        outcome: answer?.wasRefused === true ? unheard : (answer?.results?.find(({ lane }) => lane === asked.lane)?.outcome ?? null),
      }));
    });
  });

export const wasHeard = ({ outcome }: CheckpointAttempt): boolean => outcome !== unheard;
export const wasTaken = ({ outcome }: CheckpointAttempt): boolean => outcome === 'moved' || outcome === 'already_there';
/** It may have been taken: nothing says that it was not. */
export const mayBeTaken = (attempt: CheckpointAttempt): boolean => attempt.outcome === null || wasTaken(attempt);
