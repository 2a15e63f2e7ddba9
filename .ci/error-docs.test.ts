// docs/errors.md is held equal to the closed lists of codes: one table under each heading, a row a code, in the order of the code.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { harnessErrors } from '../harness/engine/errors.ts';
import { producerErrorCodes } from '../system/client/producer-error.ts';
import { errorCodes } from '../system/contract/error-codes.ts';
import { systemErrorCodes } from '../system/contract/system-error.ts';

type Row = readonly string[];

/** Heading -> the rows of the table under it, without its head. */
const readTables = (markdown: string): ReadonlyMap<string, readonly Row[]> =>
  new Map(
    markdown
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [heading = '', ...lines] = section.split(/\r?\n/);
        const rows = lines
          .filter((line) => line.startsWith('|'))
          .map((line) =>
            line
              .slice(1, -1)
              .split('|')
              .map((cell) => cell.trim()),
          );
        return [heading.trim(), rows.slice(2)];
      }),
  );

const yes = (value: boolean) => (value ? 'yes' : 'no');

const expected = new Map<string, readonly Row[]>([
  [
    'HTTP',
    Object.entries(errorCodes).map(([code, { status, outcome, retryable, meaning }]) => [
      `\`${code}\``,
      String(status),
      outcome,
      yes(retryable),
      meaning,
    ]),
  ],
  [
    'System',
    Object.entries(systemErrorCodes).map(([code, { outcome, retryable, meaning }]) => [`\`${code}\``, outcome, yes(retryable), meaning]),
  ],
  [
    'Client',
    Object.entries(producerErrorCodes).map(([code, { outcome, retryable, meaning }]) => [`\`${code}\``, outcome, yes(retryable), meaning]),
  ],
  ['Harness', Object.entries(harnessErrors).map(([code, meaning]) => [`\`${code}\``, meaning])],
]);

const documented = readTables(readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8'));

test('docs/errors.md has a table for each list of codes, and no other', () => {
  expect([...documented.keys()]).toEqual([...expected.keys()]);
});

test.each([...expected])('the table %s of docs/errors.md is the code', (heading, rows) => {
  expect(documented.get(heading)).toEqual(rows);
});

test('a row that is missing, and a word that differs, would be seen', () => {
  const table = '## HTTP\n| code | meaning |\n|---|---|\n| `a` | One. |\n';
  expect(readTables(table).get('HTTP')).toEqual([['`a`', 'One.']]);
  expect(readTables(table.replace('One.', 'Two.')).get('HTTP')).not.toEqual([['`a`', 'One.']]);
  expect(readTables('## HTTP\n').get('HTTP')).toEqual([]);
});

test('no meaning has a character that would end a cell', () => {
  for (const row of [...expected.values()].flat(2)) expect(row).not.toContain('|');
});
