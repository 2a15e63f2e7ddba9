import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settings } from '../environment.ts';
import { formatSettings, settingGroups } from './format-settings.ts';

it('docs/settings.md says what the table of settings says', () => {
  const written = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8').replaceAll('\r\n', '\n');
  expect(written, 'Write it again: node system/contract/settings-docs/print-settings.ts > docs/settings.md').toBe(formatSettings());
});

it('no setting is left out of it', () => {
  const told = settingGroups.flatMap((group) => Object.values(group.settings).map(({ name }) => name));
  expect(told.toSorted()).toEqual(
    Object.values(settings)
      .map(({ name }) => name)
      .toSorted(),
  );
});
