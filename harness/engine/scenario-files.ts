// The files of a scenario's folder, by one name each: runs/<id>/<scenario>/.
import { join } from 'node:path';

export const scenarioFiles = (folder: string) => ({
  plan: join(folder, 'plan.json'),
  history: join(folder, 'history.ndjson'),
  finalState: join(folder, 'final-state.ndjson'),
  reads: join(folder, 'reads.ndjson'),
  consumed: join(folder, 'consumed.ndjson'),
  books: join(folder, 'books.ndjson'),
  evidence: join(folder, 'evidence.json'),
  signals: join(folder, 'signals.json'),
  alerts: join(folder, 'alerts.json'),
  machine: join(folder, 'machine.ndjson'),
  timeline: join(folder, 'timeline.json'),
  verdict: join(folder, 'verdict.json'),
  logs: join(folder, 'logs'),
});

export type ScenarioFiles = ReturnType<typeof scenarioFiles>;
