// The marker that says who made a data folder. It lies inside the cluster, so a cluster and its marker appear by one rename.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError } from '../../contract/system-error.ts';

/** The layout of a data folder: <folder>/cluster is PostgreSQL's own, <folder>/cluster/faultline.json this marker. */
export const dataFormat = 1;

export type Marker = {
  readonly format: number;
  readonly postgres: string;
  readonly major: number;
  readonly createdAt: string;
  /** Random. Loopback is open to every account of the machine, and a superuser of PostgreSQL can run programs. */
  readonly password: string;
};

const markerPath = (cluster: string): string => join(cluster, 'faultline.json');

export const writeMarker = (cluster: string, marker: Marker): Promise<void> =>
  writeFile(markerPath(cluster), `${JSON.stringify(marker, null, 2)}\n`, { mode: 0o600, flush: true });

const foreign = (cluster: string, why: string, cause?: unknown): SystemError =>
  new SystemError('FL_DATA_FOREIGN', `${cluster} ${why}. Choose another data folder; this one is left as it is.`, { cause });

const parseMarker = (cluster: string, text: string): Marker => {
  try {
    const marker = JSON.parse(text) as Partial<Marker>;
    if (typeof marker.format === 'number' && typeof marker.major === 'number') return marker as Marker;
  } catch (cause) {
    throw foreign(cluster, 'has a marker (faultline.json) that is not JSON', cause);
  }
  throw foreign(cluster, 'has a marker (faultline.json) without `format` and `major`');
};

/** Reads and checks the marker against this program's format and PostgreSQL major. */
export const readMarker = async (cluster: string, major: number): Promise<Marker> => {
  const text = await readFile(markerPath(cluster), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw foreign(cluster, 'is a PostgreSQL cluster that faultline did not make', error);
    throw new SystemError('FL_DATA_FORBIDDEN', `${markerPath(cluster)} can't be read: ${error.message}.`, { cause: error });
  });
  const marker = parseMarker(cluster, text);
  if (marker.format !== dataFormat) {
    throw new SystemError(
      'FL_DATA_VERSION',
      `${cluster} has data format ${marker.format}; this faultline reads format ${dataFormat}. Use the faultline that made it (${marker.createdAt}), or another data folder.`,
    );
  }
  if (marker.major !== major) {
    throw new SystemError(
      'FL_DATA_VERSION',
      `${cluster} was made by PostgreSQL ${marker.postgres}; the one that npm brought is ${major}, and a major version can't read another's files. ` +
        `Use the faultline that made it, move the data over with pg_dump of PostgreSQL ${marker.major}, or choose another data folder.`,
    );
  }
  return marker;
};
