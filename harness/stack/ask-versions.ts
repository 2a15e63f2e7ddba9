// The versions of a running stack, as its parts answer for themselves.
import { ask } from '../signals/ask.ts';
import { endpointOf } from '../signals/create-signal-client.ts';
import { SignalError } from '../signals/signal-error.ts';
import type { QueryBackend, RunningStack } from './running-stack.ts';

type Asked = Pick<RunningStack, 'endpoints' | 'access'>;
type BuildInfo = { readonly version?: string; readonly data?: { readonly version?: string } } | null;
export type BackendVersions = Readonly<Record<QueryBackend, string>>;

const paths: Readonly<Record<QueryBackend, string>> = {
  prometheus: '/api/v1/status/buildinfo',
  tempo: '/api/status/buildinfo',
  loki: '/loki/api/v1/status/buildinfo',
};

const versionOf = async (stack: Asked, backend: QueryBackend): Promise<string> => {
  const at = endpointOf(stack, backend);
  try {
    const { body } = await ask({ ...at, backend, url: `${at.url}${paths[backend]}` });
    const info = body as BuildInfo;
    return (info?.data?.version ?? info?.version ?? '').replace(/^v/, '') || 'unknown';
  } catch (error) {
    if (error instanceof SignalError) return 'unknown';
    throw error;
  }
};

/** `unknown` where one does not tell, or not to us. */
export const askVersions = async (stack: Asked): Promise<BackendVersions> => {
  const [prometheus, tempo, loki] = await Promise.all([
    versionOf(stack, 'prometheus'),
    versionOf(stack, 'tempo'),
    versionOf(stack, 'loki'),
  ]);
  return { prometheus, tempo, loki };
};
