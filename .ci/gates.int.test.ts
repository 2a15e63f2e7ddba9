import { expect, test } from 'vitest';
import { gates } from './gates.ts';
import { runCommand } from './run-gate.ts';

for (const gate of gates) {
  test(`gate ${gate.name} turns red on its canary, for each of its reasons, and lets the near misses pass`, async () => {
    const { passed, output } = await runCommand(gate.canary);
    expect(passed, output).toBe(false);
    for (const reason of gate.says) expect(output).toMatch(reason);
    expect(output).not.toContain('near-miss');
  });
}

test('gate directions is red on nothing but the wrong directions of its canary', async () => {
  const { output } = await runCommand(gates.find(({ name }) => name === 'directions')?.canary ?? ['false']);
  expect(output).toContain('15 in the wrong direction');
});

test('gate directions is red where it finds nothing to look at', async () => {
  const { passed, output } = await runCommand(['node', '.ci/directions/check.ts', 'docs']);
  expect(passed).toBe(false);
  expect(output).toContain('0 imports');
});
