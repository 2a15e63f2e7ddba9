// Which values the attributes of the catalogue have in a fleet under traffic, by who exports them. '' is an attribute that is left out.

type Values = Readonly<Record<string, readonly string[]>>;

const processors = ['events', 'timelines'];

const everywhere: Values = {
  'db.client.connection.pool.name': ['main'],
  'db.client.connection.state': ['idle', 'used'],
  'error.code': ['invalid_event', 'conflict', 'overloaded', 'too_large'],
  'error.type': [''],
  'faultline.consumer': ['billing'],
  'faultline.consumer.door': ['poll', 'stream'],
  'faultline.export.format': ['ndjson', 'csv'],
  'faultline.import.outcome': ['appended', 'duplicate', 'refused'],
  'faultline.import.state': ['running', 'paused'],
  'faultline.lane': ['0', '1', '2', '3', '4', '5', '6', '7'],
  'faultline.outcome': ['applied', 'ignored', 'parked', 'pending', 'discarded', 'skipped', 'shed'],
  'faultline.phase': ['warm-up', 'steady', 'fault', 'heal', 'drain'],
  'faultline.processor': processors,
  'faultline.processor.version': ['1'],
  'faultline.reason': ['handler_error', 'invalid_metadata', 'sequence_conflict'],
  'faultline.recovery.outcome': ['replayed', 'discarded', 'failed_again'],
  'faultline.schema.action': ['flag', 'park', 'refuse'],
  'faultline.schema.verdict': ['invalid', 'unknown_version', 'unregistered'],
  'faultline.state': ['parked', 'retrying'],
  'faultline.telemetry.signal': ['metrics', 'traces', 'logs'],
  'faultline.tenant': ['default'],
  'faultline.udp.outcome': ['appended', 'refused', 'duplicate'],
  'faultline.udp.place': ['kernel', 'process', 'network', 'unknown'],
  'http.request.method': ['POST'],
  'http.response.status_code': ['200', '400', '409', '503'],
  'http.route': ['/events', '/events/batch'],
  'messaging.operation.name': ['send'],
};

/** Over those of `everywhere`. */
const byService: Readonly<Record<string, Values>> = {
  'faultline-ingest': { 'db.operation.name': ['append', 'allocate_ids', 'lookup', 'ping'] },
  'faultline-worker': {
    'db.operation.name': ['deliver', 'apply', 'checkpoint', 'renew_lease', 'park', 'release', 'account', 'clean_up'],
    'error.type': ['', 'handler_error', '40P01'],
  },
  'faultline-query': {
    'db.operation.name': ['events', 'timelines', 'status', 'dead_letters'],
    'http.request.method': ['GET'],
    'http.response.status_code': ['200', '404'],
    'http.route': ['/events', '/timelines/:system/:object', '/status', '/dead-letters'],
  },
  'faultline-harness': { 'faultline.outcome': ['ok', 'failed', 'unknown'] },
};

/** Throws for an attribute that nobody has thought of: a signal of the catalogue must not be missing without notice. */
export const attributeValues = (service: string, attribute: string): readonly string[] => {
  const values = byService[service]?.[attribute] ?? everywhere[attribute];
  if (values === undefined) throw new Error(`the fleet knows no values of attribute ${attribute} for ${service}`);
  return values;
};

/** Every combination of the values of these attributes, each with those attributes that have one. */
export const combinations = (service: string, attributes: readonly string[]): readonly Readonly<Record<string, string>>[] =>
  attributes.reduce<readonly Readonly<Record<string, string>>[]>(
    (sofar, attribute) =>
      sofar.flatMap((one) => attributeValues(service, attribute).map((value) => (value === '' ? one : { ...one, [attribute]: value }))),
    [{}],
  );
