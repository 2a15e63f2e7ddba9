// The closed loop of autocannon against a stub that answers after a known time: so many connections give so many answers a second, and no more.
import { findKnee } from '../../drivers/autocannon/find-knee.ts';
import { startStub } from '../stub/start-stub.ts';
import { goodStub } from '../stub/stub-options.ts';
import type { ToolCase } from './tool-case.ts';

const delayMs = 100;
const mostConnections = 2;
/** A busy machine makes answers later, and so fewer; nothing makes them more. */
const within = { least: 0.6, most: 1.1 } as const;

const body = JSON.stringify({
  system_name: 'shop',
  object_id: 'a',
  event_name: 'n',
  event_time: '2026-01-01T00:00:00Z',
  metadata: {},
  id: 'k',
});

const answersPerSecond = async (ofStubMs: number): Promise<number> => {
  await using stub = await startStub({ ...goodStub, delayMs: ofStubMs });
  const request = { path: '/events', headers: { 'content-type': 'application/json' }, body };
  const { steps } = await findKnee({
    origin: stub.url,
    method: 'POST',
    requestOf: () => request,
    secondsEach: 1,
    mostConnections,
    timeoutMs: 5000,
    isOk: (status) => status === 200,
    signal: new AbortController().signal,
    onStep: () => {},
  });
  return steps.find(({ connections }) => connections === mostConnections)?.answersPerSecond ?? NaN;
};

const look = async (ofStubMs: number) => {
  const [rate, known] = [await answersPerSecond(ofStubMs), (mostConnections * 1000) / delayMs];
  const isKnown = rate >= known * within.least && rate <= known * within.most;
  return { isKnown, said: `${Math.round(rate)}/s over ${mostConnections} connections, known ${known}/s` };
};

export const saturationTools = (): readonly ToolCase[] => [
  {
    name: 'autocannon: saturation',
    kind: 'driver',
    red: {
      what: 'a target that answers at once is not one that takes its time',
      show: async () => {
        const { isKnown, said } = await look(0);
        return { asItMust: !isKnown, said };
      },
    },
    green: {
      what: `a target that answers after ${delayMs} ms: no more than its connections allow`,
      show: async () => {
        const { isKnown, said } = await look(delayMs);
        return { asItMust: isKnown, said };
      },
    },
  },
];
