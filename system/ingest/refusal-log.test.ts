import { expect, test } from 'vitest';
import { createRefusalLog } from './refusal-log.ts';

test('our own refusals are told when they begin and every five seconds while they last, by code; those of bad input are not', () => {
  const told: unknown[] = [];
  let nowMs = 0;
  const { refused } = createRefusalLog({ warn: (_body, attributes) => void told.push([nowMs, attributes]) }, () => nowMs);
  for (; nowMs < 9000; nowMs += 1000) {
    refused('invalid_json');
    refused('overloaded');
    if (nowMs === 2000) refused('commit_unknown');
  }
  expect(told).toEqual([
    [0, { 'faultline.refused.overloaded': 1 }],
    [5000, { 'faultline.refused.overloaded': 5, 'faultline.refused.commit_unknown': 1 }],
  ]);
});
