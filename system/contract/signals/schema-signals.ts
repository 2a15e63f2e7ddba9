// What ingest processes count of events and their schemas.
import { signal, type Signal } from './signal.ts';

export const schemaSignals = {
  schemaFindings: signal(
    'faultline.ingest.schema.findings',
    '{event}',
    'counter',
    'observed',
    'faultline_ingest_schema_findings_total',
    ['faultline.schema.verdict', 'faultline.schema.action'],
    'Deliveries of which the registry of schemas had something to say: why (invalid, unknown_version, unregistered), and what its policy made of them (flag, park, refuse).',
  ),
  schemaRegistryAge: signal(
    'faultline.schema.registry.age',
    's',
    'gauge',
    'observed',
    'faultline_schema_registry_age_seconds',
    [],
    "How long ago an ingest process's copy of the registry of schemas was known to be current; it grows while the database is away, and the copy is kept.",
  ),
} as const satisfies Record<string, Signal>;
