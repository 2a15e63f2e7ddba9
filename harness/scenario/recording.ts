// The history of an earlier run as traffic: `traffic: replay(new URL('./monday/history.ndjson', import.meta.url))`. Read when the scenario is loaded; what is
// damaged or too long is refused then.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../engine/errors.ts';
import type { Operation } from '../history/operation.ts';
import type { Recording, Traffic } from './scenario.ts';

/** A recording goes into the plan as it is; this much of it is a few megabytes. */
export const mostDeliveries = 100_000;

export const replay = (history: string | URL): Traffic => {
  const path = history instanceof URL ? fileURLToPath(history) : history;
  const recording = toRecording(readOperations(path));
  if (recording.deliveries.length === 0) throw new HarnessError('FL_SCENARIO_INVALID', `${path} holds no delivery that could be replayed`);
  if (recording.deliveries.length > mostDeliveries)
    throw new HarnessError(
      'FL_SCENARIO_INVALID',
      `${path} holds ${recording.deliveries.length} deliveries; at most ${mostDeliveries} can be replayed`,
    );
  return { arrivals: 'replay', replay: recording, keys: { kind: 'uniform', count: recording.keys.length } };
};

const readOperations = (path: string): readonly Operation[] => {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    try {
      const value = JSON.parse(line) as Partial<Operation>;
      return typeof value.op === 'number' ? [value as Operation] : [];
    } catch (error) {
      throw new HarnessError('FL_SCENARIO_INVALID', `line ${index + 1} of ${path} is no JSON, so it can not be replayed`, { cause: error });
    }
  });
};

/** In the order of their intended times; the attempts of a client that retried are its client's doing, and are not replayed, nor is a file that was imported. */
export const toRecording = (operations: readonly Operation[]): Recording => {
  const keys = new Map<string, number>();
  const events = new Map<number, number>();
  const recorded: Recording['events'][number][] = [];
  const keyOf = ({ systemName, objectId }: Operation): number => {
    const name = JSON.stringify([systemName, objectId]);
    const place = keys.get(name) ?? keys.size;
    keys.set(name, place);
    return place;
  };
  const eventOf = (operation: Operation): number => {
    const known = events.get(operation.event);
    if (known !== undefined) return known;
    const { eventName, sequence, poison } = operation;
    events.set(operation.event, recorded.length);
    return recorded.push({ key: keyOf(operation), eventName, sequence, poison }) - 1;
  };
  const planned = operations.filter(({ attempt }) => attempt === undefined);
  const ordered = planned.toSorted((left, right) => left.intendedAt - right.intendedAt || left.op - right.op);
  const deliveries = ordered.map((operation) => [Math.round(operation.intendedAt * 1000), eventOf(operation)] as const);
  return { keys: [...keys.keys()].map((name) => JSON.parse(name) as [string, string]), events: recorded, deliveries };
};
