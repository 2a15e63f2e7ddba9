// `stack status`: what runs, since when, on which addresses, and whether each part answers now.
import { request } from 'undici';
import { readyPaths } from '../stack/local-endpoints.ts';
import { stackParts } from '../stack/tested-versions.ts';
import type { Found, StackState } from './stack-state.ts';

export type PartHealth = { readonly part: string; readonly url: string; readonly version: string | null; readonly answers: boolean };

const withinMs = 3_000;

/** Whose readiness is asked where. */
const probes = ({ runtime, endpoints }: StackState): readonly (readonly [part: string, base: string, path: string])[] => {
  if (runtime === 'embedded') return [['stack', endpoints.prometheus, '/ready']];
  return stackParts.flatMap((part) => {
    const base = endpoints[part];
    return base === undefined ? [] : [[part, base, readyPaths[part]] as const];
  });
};

const answers = async (url: string): Promise<boolean> => {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(withinMs) });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
};

export const askHealth = (state: StackState): Promise<readonly PartHealth[]> =>
  Promise.all(
    probes(state).map(async ([part, base, path]) => ({
      part,
      url: base,
      version: state.versions[part] ?? null,
      answers: await answers(base + path),
    })),
  );

export const describeHealth = (found: Found, health: readonly PartHealth[]): string => {
  if (found.kind === 'none') return 'No stack is up. Start one with: npm run stack -- up';
  const { runtime, startedAt, keeper } = found.state;
  if (found.kind === 'ended')
    return `No stack is up. The ${runtime} stack of ${startedAt} (pid ${keeper.pid}) ended without being told to; what it had started is gone with it.`;
  return [
    `The ${runtime} stack is up since ${startedAt} (pid ${keeper.pid}):`,
    ...health.map(({ part, url, version, answers: up }) =>
      [`  ${part.padEnd(10)} ${url.padEnd(24)}`, up ? 'answers' : 'DOES NOT ANSWER', ...(version === null ? [] : [version])].join('  '),
    ),
  ].join('\n');
};
