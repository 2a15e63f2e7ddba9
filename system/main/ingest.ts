// Process `ingest`: the HTTP front door on the stream.
import { demandSettings } from '../contract/parse-settings.ts';
import { createPostgresStreamWriter } from '../stream/postgres/writer.ts';
import { instance, role, startIngest } from './ingest/start-ingest.ts';
import { runProcess } from './process-life.ts';

await runProcess({
  process: role,
  instance,
  start: (life) => {
    const settings = demandSettings(role, process.env);
    if (settings.exitWithParent) life.exitWithParent();
    return startIngest(settings, createPostgresStreamWriter);
  },
});
