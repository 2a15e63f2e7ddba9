// Writes what a finished run leaves for others: verdict.json, junit.xml and report.html in the run's folder.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunManifest } from '../engine/run-data.ts';
import type { RunVerdict } from '../engine/verdict.ts';
import { writeJson } from '../engine/write-json.ts';
import { writePage } from './html/write-page.ts';
import { renderJunit } from './junit.ts';

export const writeReports = async (folder: string, manifest: RunManifest, verdict: RunVerdict): Promise<void> => {
  await Promise.all([
    writeJson(join(folder, 'verdict.json'), verdict),
    writeFile(join(folder, 'junit.xml'), renderJunit(manifest, verdict)),
    writePage(folder, manifest, verdict),
  ]);
};
