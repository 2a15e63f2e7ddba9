// Writes the rule files beside it: `node grafana/alerts/generate.ts [--runbooks https://where/they/are/published/]`.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { production, run } from './source/profile.ts';
import { ownRunbooks, renderRules } from './source/render-rules.ts';

const { values } = parseArgs({ options: { runbooks: { type: 'string', default: ownRunbooks } } });

for (const profile of [production, run]) {
  const file = new URL(`${profile.name}.rules.yml`, import.meta.url);
  writeFileSync(file, renderRules(profile, values.runbooks));
}
