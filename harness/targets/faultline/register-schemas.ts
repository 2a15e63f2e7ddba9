// Registers the schemas of the harness's events before those start that judge by them, as a team would: over HTTP. What does not fit is parked, what is of another version refused.
import { HarnessError } from '../../engine/errors.ts';
import { systems } from '../../traffic/keys.ts';
import { eventNames } from '../../traffic/plan-events.ts';
import { downcast, firstVersion, secondVersion, upcast } from './event-schemas.ts';

export const registerSchemas = async (queryUrl: string, signal: AbortSignal): Promise<void> => {
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const text = JSON.stringify({ ...body, requested_by: 'harness', why: 'the scenario needs it' });
    const response = await fetch(new URL(path, queryUrl), { method: 'POST', headers, body: text, signal });
    if (!response.ok) throw new HarnessError('FL_TARGET_FAILED', `POST ${path} was answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  };
  for (const system_name of systems) {
    for (const event_name of eventNames) {
      const version = { system_name, event_name, owner: 'harness' };
      await post('/schemas', { ...version, version: 1, compatibility: 'full', schema: firstVersion });
      await post('/schemas', { ...version, version: 2, compatibility: 'none', schema: secondVersion, upcast, downcast });
    }
  }
  await post('/schema-policies', { unregistered: 'refuse', unknown_version: 'refuse', invalid: 'park' });
};
