// The quotas of the tenant whose lines are imported: the rates and the storage that ingest holds its events to, by the same rule, counted in this process. What they
// are comes with each slice from the database.
import type { TenantQuotas } from '../../access/access-table.ts';
import { importLimits } from '../../contract/imports.ts';
import type { Refusal } from '../../ingest/refusal.ts';
import { createQuotas } from '../../ingest/tenants/quotas.ts';
import type { ImportLine } from './read-lines.ts';

export type TenantStanding = {
  readonly tenant: string;
  readonly quotas: TenantQuotas;
  /** Bytes that the log holds of it. */
  readonly storedBytes: number;
};

export type ImportQuotas = {
  /** As they are now. */
  know(standing: TenantStanding): void;
  /** As many of the lines as may come now, from the first on, which then count; or why none of them may. */
  take(tenant: string, lines: readonly ImportLine[]): readonly ImportLine[] | Refusal;
};

export const createImportQuotas = (nowMs: () => number): ImportQuotas => {
  const tenants = new Map<string, TenantQuotas>();
  const stored = new Map<string, number>();
  const quotas = createQuotas({
    tenants: () => tenants,
    storedBytes: (tenant) => stored.get(tenant) ?? 0,
    storedAgainMs: () => importLimits.sliceMs,
    nowMs,
  });
  const takeOne = (tenant: string, { event }: ImportLine): Refusal | null => {
    if (event === null) return null;
    const bytes = Buffer.byteLength(event.body);
    const refusal = quotas.take(tenant, bytes);
    // At most: what turns out to be there already is not stored again, and the next slice knows.
    if (refusal === null) stored.set(tenant, (stored.get(tenant) ?? 0) + bytes);
    return refusal;
  };
  return {
    know: ({ tenant, quotas: ofTenant, storedBytes }) => {
      tenants.set(tenant, ofTenant);
      stored.set(tenant, storedBytes);
    },
    take: (tenant, lines) => {
      for (const [at, line] of lines.entries()) {
        const refusal = takeOne(tenant, line);
        if (refusal !== null) return at === 0 ? refusal : lines.slice(0, at);
      }
      return lines;
    },
  };
};
