// One look at the status, over HTTP, as an operator's page has it.
import { request } from 'undici';

const withinMs = 2_000;

/** Rejects where nobody answers in time. What is answered is not looked at: it is here to be measured by the system's own telemetry. */
export const readStatus = async (queryUrl: string, key?: string): Promise<void> => {
  const { body } = await request(`${queryUrl}/status`, {
    signal: AbortSignal.timeout(withinMs),
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  await body.dump();
};
