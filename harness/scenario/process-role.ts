export type ProcessRole = 'ingest' | 'worker' | 'query';
