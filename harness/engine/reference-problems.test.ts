import { expect, test } from 'vitest';
import { quietScenario } from '../checkers/testing/simulated-run.ts';
import { referenceProblems } from './reference-problems.ts';

const known = { expectations: new Map([['takes-seconds', () => []]]), mustBeSeen: new Map([['takes-nothing', () => []]]) };
const needed = { 'takes-seconds': { seconds: 'number', phase: 'string' } } as const;
const placesOf = (references: object): string[] =>
  referenceProblems({ ...quietScenario, ...references }, known, needed).map(({ place }) => place);
const good = { check: 'takes-seconds', parameters: { seconds: 5, phase: 'steady' } };

test('checks that exist, with the parameters that they need, have no problem', () => {
  expect(placesOf({ expectations: [good], mustBeSeen: [{ check: 'takes-nothing' }] })).toEqual([]);
});

test.each([
  ['a check that does not exist', { expectations: [{ check: 'nothing' }] }, 'expectations[0].check'],
  ['a check of the other list', { mustBeSeen: [good] }, 'mustBeSeen[0].check'],
  ['a parameter that is missing', { expectations: [{ ...good, parameters: { phase: 'steady' } }] }, 'expectations[0].parameters.seconds'],
  [
    'a parameter of the wrong type',
    { expectations: [{ ...good, parameters: { ...good.parameters, seconds: '5' } }] },
    'expectations[0].parameters.seconds',
  ],
  ['a parameter that nobody reads', { mustBeSeen: [{ check: 'takes-nothing', parameters: { many: 3 } }] }, 'mustBeSeen[0].parameters.many'],
  [
    'a phase that does not exist',
    { expectations: [{ ...good, parameters: { ...good.parameters, phase: 'later' } }] },
    'expectations[0].parameters.phase',
  ],
])('%s is found', (_what, references, place) => {
  expect(placesOf(references)).toEqual([place]);
});
