// Builds report.html from a run's folder, one scenario at a time, so that no more than one history is in memory.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRunData } from '../../engine/read-run-data.ts';
import type { RunData, RunManifest } from '../../engine/run-data.ts';
import type { RunVerdict, ScenarioVerdict } from '../../engine/verdict.ts';
import { readAssets } from './assets.ts';
import { renderPage, type ScenarioPart } from './page.ts';
import { scenarioPlots } from './plot-data.ts';
import { scenarioSection } from './section-scenario.ts';

export const writePage = async (folder: string, manifest: RunManifest, verdict: RunVerdict): Promise<void> => {
  const assets = await readAssets();
  const parts: ScenarioPart[] = [];
  for (const scenario of verdict.scenarios) parts.push(await partOf(join(folder, scenario.scenario), scenario));
  await writeFile(join(folder, 'report.html'), renderPage({ manifest, verdict, parts, assets }));
};

/** A folder that cannot be read back still has its verdict told. */
const partOf = async (folder: string, verdict: ScenarioVerdict): Promise<ScenarioPart> => {
  const run: RunData | null = await readRunData(folder).catch(() => null);
  const plots = run === null ? null : scenarioPlots(run);
  return { name: verdict.scenario, section: scenarioSection(verdict, run, plots), plots };
};
