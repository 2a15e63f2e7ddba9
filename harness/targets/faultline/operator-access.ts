// The operator's desk of faultline: routes of its query process.
import { request } from 'undici';
import { HarnessError } from '../../engine/errors.ts';
import type { OperatorAccess } from '../target.ts';

const withinMs = 20_000;

export const operatorAt = (queryUrl: string): OperatorAccess => ({
  ask: async (path, body) => {
    const answer = await request(`${queryUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(withinMs),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Readonly<Record<string, unknown>> };
  },
  look: async (path) => {
    const { statusCode, body } = await request(`${queryUrl}${path}`, { signal: AbortSignal.timeout(withinMs) });
    const seen: unknown = await body.json();
    if (statusCode === 200) return seen;
    throw new HarnessError('FL_TARGET_FAILED', `${path} was answered ${statusCode}: ${JSON.stringify(seen).slice(0, 200)}`);
  },
});
