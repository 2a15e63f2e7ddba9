// The refusal of a process whose port another one has. Its details let `npm start`, which takes no variables for ports, tell it in its own words.
import { SystemError } from '../contract/system-error.ts';

export type TakenPort = {
  readonly port: number;
  readonly host: string;
  readonly variable: 'FAULTLINE_PORT' | 'FAULTLINE_ADMIN_PORT' | 'FAULTLINE_UDP_PORT';
  /** Such as `by pid 4711 (node server.js)`; null: it can't be found out. */
  readonly owner: string | null;
  /** Whether processes of its kind can share one. */
  readonly mayShare: boolean;
  readonly cause: unknown;
};

export const portTaken = ({ port, host, variable, owner, mayShare, cause }: TakenPort): SystemError => {
  const what = variable === 'FAULTLINE_UDP_PORT' ? `Port ${port} for datagrams` : `Port ${port}`;
  const who = owner === null ? '' : ` ${owner}`;
  const share = mayShare ? ' Several ingest processes share a port when each has FAULTLINE_REUSE_PORT=true.' : '';
  const message = `${what} on ${host} is taken${who}. Set ${variable} to another, or to 0 for any free one.${share}`;
  return new SystemError('FL_PORT_TAKEN', message, { cause, details: { taken: `${what} is taken${who}`, variable } });
};
