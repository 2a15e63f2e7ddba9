import { expect, test } from 'vitest';
import { faultNames } from '../../faults/registry.ts';
import { createFaultCases, faultTools } from './fault-tools.ts';
import { runToolCase } from './tool-case.ts';

const cases = createFaultCases(new AsyncDisposableStack());

test('every fault has its cases, and those that have effects one for each effect', () => {
  expect(faultNames.filter((name) => !cases.some(({ of }) => of === name))).toEqual([]);
  expect(faultNames).toEqual(
    expect.arrayContaining(['kill', 'network latency', 'datagrams loss', 'database disk-full', 'container pause']),
  );
});

test('a case belongs to a fault that there is, and has a name of its own', () => {
  expect(cases.filter(({ of }) => !faultNames.includes(of))).toEqual([]);
  const names = faultTools(cases).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a fault or an effect that nobody has a case for is not proven', async () => {
  const [unproven] = faultTools(cases, ['network gremlins']);
  expect(unproven?.name).toBe('fault: network gremlins');
  expect((await runToolCase(unproven!)).caught).toBe(false);
});
