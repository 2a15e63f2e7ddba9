import { describe, expect, test } from 'vitest';
import { checkerCases, checkerTools } from '../selftest/tools/checker-tools.ts';
import { runToolCase } from '../selftest/tools/tool-case.ts';
import { checks } from './checks.ts';

const tools = checkerTools(Object.values(checks));

describe('every check', () => {
  test.each(tools.map((tool) => [tool.name, tool] as const))(
    '%s says no to its bad history and yes to its near-miss',
    async (_name, tool) => {
      const { red, green } = await runToolCase(tool);
      expect([red.asItMust, red.said, green.asItMust, green.said]).toEqual([true, red.said, true, green.said]);
    },
  );

  test('a case belongs to a check that there is', () => {
    expect(checkerCases.map(({ check }) => check).filter((name) => !tools.some((tool) => tool.name === name))).toEqual([]);
  });

  test('a check that nobody has a case for is not proven', async () => {
    const [unproven] = checkerTools([new Map([['new', () => []]])]);
    expect((await runToolCase(unproven!)).caught).toBe(false);
  });

  test('a check that always passes, always fails, or crashes is not proven', async () => {
    const [lost] = checkerCases;
    const result = (outcome: 'pass' | 'fail') => () =>
      ({ id: 'safety/lost', dimension: 'safety', outcome, summary: '', findings: [], findingsTotal: 0 }) as const;
    const crash = (): never => {
      throw new Error('broken');
    };
    for (const broken of [result('pass'), result('fail'), crash]) {
      const [tool] = checkerTools([new Map([['lost', broken]])], [lost!]);
      expect((await runToolCase(tool!)).caught).toBe(false);
    }
  });
});
