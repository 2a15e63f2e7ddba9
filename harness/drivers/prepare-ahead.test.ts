import { expect, test } from 'vitest';
import type { PlannedOperation } from '../traffic/planned-operation.ts';
import { prepareAhead } from './prepare-ahead.ts';

const operation = (op: number): PlannedOperation => ({ op }) as PlannedOperation;
const operations = [0, 1, 2, 3].map(operation);
const making = () => {
  const made: number[] = [];
  const make = ({ op }: PlannedOperation) => {
    made.push(op);
    return { body: Buffer.alloc(100, op), bodySha256: `sha-${op}` };
  };
  return { made, make };
};

test('all are made before the first is asked for, and each is the one of its operation', () => {
  const { made, make } = making();
  const requestOf = prepareAhead(operations, make);
  expect(made).toEqual([0, 1, 2, 3]);
  expect(operations.toReversed().map((planned) => requestOf(planned).bodySha256)).toEqual(['sha-3', 'sha-2', 'sha-1', 'sha-0']);
  expect(made).toHaveLength(4);
});

test('beyond the limit, and for what the plan does not hold, they are made when they are due', () => {
  const { made, make } = making();
  const requestOf = prepareAhead(operations, make, 1000);
  expect(made).toEqual([0, 1]);
  expect(requestOf(operation(3)).bodySha256).toBe('sha-3');
  expect(requestOf(operation(99)).bodySha256).toBe('sha-99');
  expect(made).toEqual([0, 1, 3, 99]);
});

test('one that was given is not kept', () => {
  const { made, make } = making();
  const requestOf = prepareAhead(operations, make);
  requestOf(operation(2));
  requestOf(operation(2));
  expect(made).toEqual([0, 1, 2, 3, 2]);
});
