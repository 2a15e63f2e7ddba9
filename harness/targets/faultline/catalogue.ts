// The whole catalogue of faultline's signals, for those who make up telemetry as the system would export it.
import { countBuckets, durationBucketsSeconds, signals, type Signal } from '../../../system/contract/signals.ts';

export const faultlineCatalogue: readonly Signal[] = Object.values(signals);

/** The buckets that the system's histograms have: those of seconds, and those of things that are counted. */
export const bucketsOf = ({ unit }: Pick<Signal, 'unit'>): readonly number[] => (unit === 's' ? durationBucketsSeconds : countBuckets);
