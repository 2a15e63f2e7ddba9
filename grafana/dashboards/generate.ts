// Writes the dashboards' JSON beside this file. Run it after a change of their source; a test holds the two equal.
import { writeFile } from 'node:fs/promises';
import { dashboards } from './source/all.ts';
import { fileNameOf, printDashboard } from './source/print.ts';

for (const dashboard of dashboards) {
  const file = new URL(fileNameOf(dashboard), import.meta.url);
  // oxlint-disable-next-line no-await-in-loop
  await writeFile(file, printDashboard(dashboard));
  console.log(file.pathname);
}
