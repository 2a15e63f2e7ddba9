import { expect, test } from 'vitest';
import { ruleFileCases } from '../fixtures/rule-files.ts';
import { readRuleFile } from './read-rule-file.ts';

test.each(ruleFileCases.filter(({ taken }) => taken))('takes $name', ({ source }) => {
  expect(readRuleFile('a.yml', source).problems).toEqual([]);
});

test.each(ruleFileCases.filter(({ taken }) => !taken))('refuses $name', ({ source }) => {
  expect(readRuleFile('a.yml', source).problems).not.toEqual([]);
});
