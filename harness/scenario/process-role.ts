export type ProcessRole = 'ingest' | 'worker' | 'query';

/** Whom a fault may kill or pause: a process of the target, or one of those who consume elsewhere. */
export type VictimRole = ProcessRole | 'consumer';
