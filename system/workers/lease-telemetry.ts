// The collector of leases: who got which lane, who lost it, and whose write was refused for it.
import { signals } from '../contract/signals.ts';
import type { FoundCheckpoint, Tenure } from './checkpoint.ts';
import type { AcquiredLease, LostLease } from './lease-store.ts';
import { laneAttributes, type TelemetryParts } from './telemetry-parts.ts';

export const collectLeases = ({ instruments, logger }: TelemetryParts, ofEach: readonly { readonly 'faultline.processor': string }[]) => {
  const takeovers = instruments.counter(signals.takeovers, [...ofEach, { 'faultline.processor': '_duties' }]);
  const fencedWrites = instruments.counter(signals.fencedWrites, ofEach);
  return {
    fenced: (tenure: Tenure, found: FoundCheckpoint, what: string): void => {
      fencedWrites.add(1, { 'faultline.processor': tenure.processor });
      const attributes = { ...epochAttributes(tenure), 'faultline.other_epoch': found.epoch };
      logger.warn(`write refused, the lane has another owner: ${what}`, attributes, { eventName: 'faultline.lease.fenced' });
    },
    acquired: (lease: AcquiredLease): void => {
      const attributes = { ...epochAttributes(lease), 'faultline.position': lease.position };
      if (lease.kind === 'acquired') return logger.info('lane acquired', attributes, { eventName: 'faultline.lease.acquired' });
      takeovers.add(1, { 'faultline.processor': lease.processor });
      const history = { 'faultline.from': lease.from ?? '', 'faultline.takeovers_without_progress': lease.takeoversWithoutProgress };
      logger.warn('lane taken over', { ...attributes, ...history }, { eventName: 'faultline.lease.taken_over' });
    },
    lost: (lease: LostLease): void => {
      const other = { 'faultline.other_owner': lease.otherOwner ?? '', 'faultline.other_epoch': lease.otherEpoch ?? lease.epoch };
      const attributes = { ...epochAttributes(lease), ...other };
      logger.warn('lane lost, the renewal came too late', attributes, { eventName: 'faultline.lease.lost' });
    },
    released: (tenures: readonly Tenure[]): void => {
      for (const tenure of tenures) logger.info('lane released', epochAttributes(tenure), { eventName: 'faultline.lease.released' });
    },
  };
};

const epochAttributes = (tenure: Tenure) => ({ ...laneAttributes(tenure), 'faultline.epoch': tenure.epoch });
