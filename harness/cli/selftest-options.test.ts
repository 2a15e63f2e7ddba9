import { expect, test } from 'vitest';
import { parseSelftestOptions } from './selftest-options.ts';

const names = { cases: ['drop-events'], tools: ['lost', 'canary'], checks: ['lost', 'phantom'] };

test('defects are asked for by name, tools with --tools, and a check of theirs may be blunted', () => {
  expect(parseSelftestOptions([], names)).toMatchObject({ names: [], tools: false, seed: 1 });
  expect(parseSelftestOptions(['drop-events'], names)).toMatchObject({ names: ['drop-events'] });
  expect(parseSelftestOptions(['--tools', '--blunt', 'lost', 'lost', 'canary'], names)).toMatchObject({
    blunt: 'lost',
    names: ['lost', 'canary'],
  });
  expect(parseSelftestOptions(['--blunt', 'phantom'], names)).toMatchObject({ blunt: 'phantom', tools: false });
});

test.each([
  [['drop-event'], /no case is named drop-event\. Did you mean drop-events\?/],
  [['--tools', 'lst'], /no tool is named lst\. Did you mean lost\?/],
  [['--tools', '--blunt', 'lots'], /--blunt lots: there is no check of that name\. Did you mean lost\?/],
  [['--blunt', 'lost', 'drop-events'], /beside named defects none is shown: add --tools/],
])('%s is a mistake that is explained', (parameters, message) => {
  expect(() => parseSelftestOptions(parameters, names)).toThrow(
    expect.objectContaining({ code: 'FL_USAGE', message: expect.stringMatching(message) as string }),
  );
});
