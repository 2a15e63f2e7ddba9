// Writes the rule files beside it: `node grafana/alerts/generate.ts [--runbooks https://where/they/are/published/]`.
import { writeFileSync } from 'node:fs';
import { production, run } from './source/profile.ts';
import { renderRules } from './source/render-rules.ts';
import { readRunbooksPlace } from './source/runbooks-place.ts';

const generate = (parameters: readonly string[]): void => {
  const runbooks = readRunbooksPlace(parameters);
  for (const profile of [production, run]) {
    writeFileSync(new URL(`${profile.name}.rules.yml`, import.meta.url), renderRules(profile, runbooks));
  }
};

try {
  generate(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`nothing is written: ${(error as Error).message}\n`);
  process.exitCode = 3;
}
