import { expect, test } from 'vitest';
import { quietScenario } from '../checkers/testing/simulated-run.ts';
import { referenceProblems } from './reference-problems.ts';

const none = (): readonly [] => [];
const known = {
  expectations: new Map([
    ['takes-seconds', none],
    ['takes-a-tenant', none],
  ]),
  mustBeSeen: new Map([['takes-nothing', none]]),
};
const needed = { 'takes-seconds': { seconds: 'number', phase: 'string' }, 'takes-a-tenant': { tenant: 'string?' } } as const;
const placesOf = (references: object): string[] =>
  referenceProblems({ ...quietScenario, ...references }, known, needed).map(({ place }) => place);
const good = { check: 'takes-seconds', parameters: { seconds: 5, phase: 'steady' } };

test('checks that exist, with the parameters that they need, have no problem', () => {
  expect(placesOf({ expectations: [good], mustBeSeen: [{ check: 'takes-nothing' }] })).toEqual([]);
});

const traffic = { ...quietScenario.traffic, tenants: [{ name: 'quiet', share: 1 }] };
const ofTenant = (tenant: unknown) => ({ traffic, expectations: [{ check: 'takes-a-tenant', parameters: { tenant } }] });

test('what may be left out may be given', () => {
  expect(placesOf({ expectations: [{ check: 'takes-a-tenant' }] })).toEqual([]);
  expect(placesOf(ofTenant('quiet'))).toEqual([]);
});

test.each([
  ['a tenant that does not exist', ofTenant('loud'), 'expectations[0].parameters.tenant'],
  ['a tenant where there are none', { ...ofTenant('quiet'), traffic: quietScenario.traffic }, 'expectations[0].parameters.tenant'],
  ['a tenant that is no name', ofTenant(5), 'expectations[0].parameters.tenant'],
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
