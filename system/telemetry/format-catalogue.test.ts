import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatCatalogue } from './format-catalogue.ts';

it('docs/signals.md says what the catalogue says', () => {
  const written = readFileSync(new URL('../../docs/signals.md', import.meta.url), 'utf8').replaceAll('\r\n', '\n');
  expect(written, 'Write it again: node system/telemetry/print-catalogue.ts > docs/signals.md').toBe(formatCatalogue());
});
