// Tenants as labels of metrics, a few of them: the first that were made have their own, in every process the same ones, and the rest is `_others`.

export type TenantLabels = {
  of(tenant: string): string;
  /** Those that are given out now. */
  all(): readonly string[];
};

/** No tenant can be named so: a name begins with a letter or a digit. */
const rest = '_others';

/** `tenants`: oldest first; another map once something changed. */
export const createTenantLabels = (tenants: () => ReadonlyMap<string, unknown>, most: number): TenantLabels => {
  let known: ReadonlyMap<string, unknown> | null = null;
  let named: ReadonlySet<string> = new Set();
  const refresh = (): ReadonlySet<string> => {
    if (known !== tenants()) {
      known = tenants();
      named = new Set([...known.keys()].slice(0, most));
    }
    return named;
  };
  return { of: (tenant) => (refresh().has(tenant) ? tenant : rest), all: () => [...refresh()] };
};

/** For tests, and for who has no tenants. */
export const ownLabels: TenantLabels = { of: (tenant) => tenant, all: () => [] };
