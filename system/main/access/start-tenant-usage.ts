// Wires quotas of tenants: what each has stored, its limits, and both as metrics.
import type { Pool } from 'pg';
import type { AccessKeys } from '../../access/access-keys.ts';
import type { TenantLabels } from '../../access/tenant-labels.ts';
import { signals } from '../../contract/signals.ts';
import type { IngestOptions } from '../../ingest/ingest.ts';
import type { Scheduler } from '../../ingest/scheduler.ts';
import { createQuotas } from '../../ingest/tenants/quotas.ts';
import { startUsage } from '../../ingest/tenants/usage.ts';
import { addTenantUsage } from '../../storage/postgres/tenant-usage.ts';
import { errorAttributes } from '../../telemetry/error-attributes.ts';
import type { Telemetry } from '../../telemetry/start-telemetry.ts';

export type TenantUsageOptions = {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly labels: TenantLabels;
  readonly tenants: AccessKeys['tenants'];
  readonly scheduler: Scheduler;
};

export type TenantUsage = AsyncDisposable & { readonly limits: Pick<IngestOptions, 'quotas' | 'onAppended'> };

/** The caller disposes it before the pool. */
export const startTenantUsage = async ({ pool, telemetry, labels, tenants, scheduler }: TenantUsageOptions): Promise<TenantUsage> => {
  const usage = await startUsage({
    add: (appended) => addTenantUsage(pool, appended),
    scheduler,
    onFailure: (error) =>
      telemetry.logger.warn('the usage of tenants could not be added; it is added later', { ...errorAttributes(error) }),
  });
  telemetry.instruments.gauge(signals.tenantStored, () => sumsBy(labels, [...tenants().keys()], usage.storedBytes));
  telemetry.instruments.gauge(signals.tenantStorageLimit, () =>
    labels.all().flatMap((tenant) => {
      const limit = tenants().get(tenant)?.storageBytes ?? null;
      return limit === null ? [] : [{ value: limit, attributes: { 'faultline.tenant': tenant } }];
    }),
  );
  const { appended, storedBytes, againMs } = usage;
  const quotas = createQuotas({ tenants, storedBytes, storedAgainMs: againMs, nowMs: scheduler.nowMs });
  return { limits: { quotas, onAppended: appended }, [Symbol.asyncDispose]: () => usage[Symbol.asyncDispose]() };
};

const sumsBy = (labels: TenantLabels, tenants: readonly string[], bytesOf: (tenant: string) => number) => {
  const sums = new Map<string, number>();
  for (const tenant of tenants) sums.set(labels.of(tenant), (sums.get(labels.of(tenant)) ?? 0) + bytesOf(tenant));
  return [...sums].map(([label, value]) => ({ value, attributes: { 'faultline.tenant': label } }));
};
