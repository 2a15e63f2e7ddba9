// For the benchmark alone: process `ingest` with the commit stubbed out. It stores nothing, so that what durability costs can be measured beside it.
import { demandSettings } from '../contract/parse-settings.ts';
import type { StreamWriter } from '../stream/stream.ts';
import { createPostgresStreamWriter } from '../stream/postgres/writer.ts';
import { instance, role, startIngest, type CreateWriter } from './ingest/start-ingest.ts';
import { runProcess } from './process-life.ts';

/** Ids still come from the database: only the append is left out. */
const createStub: CreateWriter = (options) => {
  const real = createPostgresStreamWriter(options);
  const append: StreamWriter['append'] = (requests) =>
    Promise.resolve(requests.map(({ id }) => ({ kind: 'appended', id, lane: 0, position: 0 })));
  return { ...real, append };
};

await runProcess({
  process: role,
  instance,
  start: (life) => {
    const settings = demandSettings(role, process.env);
    if (settings.exitWithParent) life.exitWithParent();
    return startIngest(settings, createStub);
  },
});
