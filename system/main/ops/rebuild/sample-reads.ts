// Reads of both versions as any client does them, of keys from all over: whether what a client would be shown is the same.
import type { Api } from '../api.ts';
import { OpsError } from '../ops-error.ts';
import type { ComparisonPage } from './answers.ts';

type Entry = Readonly<Record<string, unknown>>;
type Timeline = { readonly entries: readonly Entry[]; readonly total: number };

export type SampledKey = { readonly system_name: string; readonly object_id: string };

const most = 1000;

/** Keys whose reads differ. What traffic adds between the two reads is left out: the shorter one must be how the longer one begins, and have begun. */
export const sampleReads = async (api: Api, { comparison, sample }: ComparisonPage): Promise<readonly SampledKey[]> => {
  const differing: SampledKey[] = [];
  for (const key of sample) {
    const [one, other] = await Promise.all([comparison.version, comparison.against].map((version) => readTimeline(api, key, version)));
    if (!isBeginning(one!, other!)) differing.push(key);
  }
  return differing;
};

const readTimeline = async (api: Api, { system_name: system, object_id: object }: SampledKey, version: number) => {
  const path = `/timelines/${encodeURIComponent(system)}/${encodeURIComponent(object)}`;
  const { entries } = await api.get<Timeline>(path, { version, limit: most }).catch(orNone);
  return entries.map(({ applied_at: _appliedAt, ...entry }) => JSON.stringify(entry));
};

/** A key that only the other version has. */
const orNone = (error: unknown): Pick<Timeline, 'entries'> => {
  if (error instanceof OpsError && error.code === 'not_found') return { entries: [] };
  throw error;
};

const isBeginning = (one: readonly string[], other: readonly string[]) => {
  const length = Math.min(one.length, other.length);
  if (length === 0) return one.length === other.length;
  return one.slice(0, length).every((entry, at) => entry === other[at]) && Math.abs(one.length - other.length) <= fewOnTheirWay;
};

/** The newest entries of a key may be in one version a moment before the other. */
const fewOnTheirWay = 20;
