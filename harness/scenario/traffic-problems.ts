// Mistakes in a scenario's traffic, each with its place.
import { type Reporter, isAmount, isShare, isWhole } from './problem.ts';
import type { PoisonKind, Traffic } from './scenario.ts';

export const poisonKinds: readonly PoisonKind[] = [
  'broken-json',
  'wrong-types',
  'oversized',
  'hostile-text',
  'handler-throws',
  'handler-hangs',
  'unlike-schema',
  'unknown-version',
];
const mostKeys = 1_000_000;
const mostRetries = 30;
const mostSenders = 16;

export const trafficProblems = (traffic: Traffic, report: Reporter): void => {
  if (typeof traffic !== 'object' || traffic === null) return report('traffic', 'must be an object');
  const { arrivals, keys, duplicates, disorder, retries, senders, ids } = traffic;
  if (ids !== undefined && ids !== 'none') report('traffic.ids', `must be "none" or be left out, not ${JSON.stringify(ids)}`);
  if (ids === 'none' && (retries !== undefined || duplicates !== undefined))
    report('traffic.ids', 'an event without an id is sent once: sent again it is another event, and nobody could tell the two apart');
  if (!arrivalKinds.includes(arrivals))
    report('traffic.arrivals', `must be one of ${arrivalKinds.join(', ')}, not ${JSON.stringify(arrivals)}`);
  if ((arrivals === 'replay') !== (traffic.replay !== undefined))
    report('traffic.replay', 'a recording belongs to arrivals: replay, and to nothing else (what makes both: replay(file))');
  if (arrivals === 'replay') replayProblems(traffic, report);
  if (!keyKinds.includes(keys?.kind)) report('traffic.keys.kind', `must be one of ${keyKinds.join(', ')}`);
  if (keys?.kind === 'hot') {
    if (!isWhole(keys.hot, 1, keys.count)) report('traffic.keys.hot', `must be a whole number from 1 to ${keys.count}`);
    if (!isShare(keys.share)) report('traffic.keys.share', 'must be above 0 and at most 1');
  }
  clockProblems(traffic, report);
  if (!isWhole(keys?.count, 1, mostKeys)) report('traffic.keys.count', `must be a whole number from 1 to ${mostKeys}`);
  if (keys?.kind === 'zipf' && !(isAmount(keys.exponent) && keys.exponent <= 4))
    report('traffic.keys.exponent', 'must be above 0 and at most 4');
  if (duplicates !== undefined) {
    if (!isShare(duplicates.share)) report('traffic.duplicates.share', 'must be above 0 and at most 1; leave duplicates out for none');
    if (!isWhole(duplicates.withinMs, 1, 3_600_000))
      report('traffic.duplicates.withinMs', 'must be a whole number of milliseconds, 1 or more');
  }
  if (disorder !== undefined) {
    if (!isShare(disorder.share)) report('traffic.disorder.share', 'must be above 0 and at most 1; leave disorder out for none');
    if (!isWhole(disorder.places, 1, 100_000)) report('traffic.disorder.places', 'must be a whole number, 1 or more');
  }
  if (retries !== undefined && !isWhole(retries, 1, mostRetries))
    report('traffic.retries', `must be a whole number from 1 to ${mostRetries}; leave retries out for none`);
  if (senders !== undefined && !isWhole(senders, 1, mostSenders))
    report('traffic.senders', `must be a whole number from 1 to ${mostSenders}`);
  poisonProblems(traffic.poison, report);
  versionProblems(traffic, report);
  transportProblems(traffic, report);
  driverProblems(traffic, report);
  tenantProblems(traffic, report);
};

const arrivalKinds: readonly Traffic['arrivals'][] = ['poisson', 'constant', 'replay'];
const keyKinds: readonly Traffic['keys']['kind'][] = ['zipf', 'uniform', 'hot'];
/** A date must stay one: a hundred years. */
const mostMs = 3_155_760_000_000;

/** What would be drawn from the seed is already in the recording. */
const replayProblems = (traffic: Traffic, report: Reporter): void => {
  for (const field of ['sequenced', 'duplicates', 'disorder', 'poison', 'producers', 'late', 'early'] as const)
    if (traffic[field] !== undefined) report(`traffic.${field}`, 'can not be added to a recording, which has its own');
};

/** What the system takes in one request; a longer wait would be a batch job and no client. */
const [mostBatch, mostLingerMs] = [1000, 60_000];

const transportProblems = ({ transport, batch, retries, senders, poison }: Traffic, report: Reporter): void => {
  if (transport !== undefined && transport !== 'http' && transport !== 'udp')
    report('traffic.transport', `must be http or udp, not ${JSON.stringify(transport)}`);
  if (batch !== undefined) {
    if (!isWhole(batch?.size, 2, mostBatch))
      report('traffic.batch.size', `must be a whole number from 2 to ${mostBatch}; leave batch out for events that go alone`);
    if (!isWhole(batch?.lingerMs, 1, mostLingerMs))
      report('traffic.batch.lingerMs', `must be a whole number of milliseconds from 1 to ${mostLingerMs}`);
  }
  if (transport === 'udp') {
    if (retries !== undefined) report('traffic.retries', 'a datagram has no answer, so that nobody knows when to try again');
    if (senders !== undefined && senders > 1) report('traffic.senders', 'datagrams are sent by one process');
  }
  const has = (kind: PoisonKind): boolean => Array.isArray(poison?.kinds) && poison.kinds.includes(kind);
  if (has('oversized') && (transport === 'udp' || batch !== undefined))
    report(
      'traffic.poison.kinds',
      `oversized is a body of its own: ${transport === 'udp' ? 'no datagram holds it' : 'in a batch it is refused with it'}`,
    );
  if (has('broken-json') && batch !== undefined)
    report('traffic.poison.kinds', 'broken-json in a batch can break the whole batch, and then nobody knows which answer is whose');
};

const mostUsers = 5000;

/** k6 sends each event once, by itself, and is one process. */
const driverProblems = ({ driver, transport, batch, retries, senders }: Traffic, report: Reporter): void => {
  if (driver === undefined) return;
  if (driver?.kind !== 'k6')
    return report('traffic.driver', `must be k6({ users }), or be left out for our own, not ${JSON.stringify(driver)}`);
  if (!isWhole(driver.users, 1, mostUsers)) report('traffic.driver.users', `must be a whole number from 1 to ${mostUsers}`);
  if (driver.script !== undefined && typeof driver.script !== 'string')
    report('traffic.driver.script', 'must be the path of a module (what makes it of a URL: k6({ script }))');
  if (transport === 'udp') report('traffic.transport', 'datagrams are sent by our own driver, and not by k6');
  if (batch !== undefined) report('traffic.batch', 'events are gathered by our own driver, and not by k6');
  if (retries !== undefined) report('traffic.retries', 'our own driver tries again, and not k6');
  if (senders !== undefined && senders > 1) report('traffic.senders', 'k6 is one process, with as many threads as there are cores');
};

/** A request has one key, and so is of one tenant. */
const tenantProblems = ({ tenants, transport, batch, driver, replay }: Traffic, report: Reporter): void => {
  if (tenants === undefined) return;
  if (!Array.isArray(tenants) || tenants.length === 0)
    return report('traffic.tenants', 'must name at least one tenant; leave tenants out for none');
  for (const [index, { name, share, eventsPerSecond }] of tenants.entries()) {
    if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
      report(`traffic.tenants[${index}].name`, 'must be 1 to 63 of a-z, 0-9 and -, the first no -');
    if (!isShare(share)) report(`traffic.tenants[${index}].share`, 'must be above 0 and at most 1');
    if (eventsPerSecond !== undefined && !isAmount(eventsPerSecond))
      report(`traffic.tenants[${index}].eventsPerSecond`, 'must be above 0; leave it out for no quota');
  }
  if (new Set(tenants.map(({ name }) => name)).size < tenants.length) report('traffic.tenants', 'has a name twice');
  const sum = tenants.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) report('traffic.tenants', `has shares that make ${sum} together, not 1`);
  if (transport === 'udp' || driver !== undefined) report('traffic.tenants', 'keys are sent by our own driver over HTTP alone');
  if (batch !== undefined) report('traffic.batch', 'a request has the key of one tenant: events of several do not go together');
  if (replay !== undefined) report('traffic.tenants', 'can not be added to a recording, which has its own systems');
};

const clockProblems = ({ producers, late, early }: Traffic, report: Reporter): void => {
  if (producers !== undefined) {
    if (!isWhole(producers.count, 1, 10_000)) report('traffic.producers.count', 'must be a whole number from 1 to 10000');
    if (!isWhole(producers.skewMs, 0, mostMs)) report('traffic.producers.skewMs', 'must be a whole number of milliseconds, 0 or more');
  }
  for (const [name, value] of [['late', late] as const, ['early', early] as const]) {
    if (value === undefined) continue;
    if (!isShare(value.share)) report(`traffic.${name}.share`, `must be above 0 and at most 1; leave ${name} out for none`);
    if (!isWhole(value.byMs, 1, mostMs)) report(`traffic.${name}.byMs`, 'must be a whole number of milliseconds, 1 or more');
  }
};

const versionProblems = ({ versions, poison, batch, driver }: Traffic, report: Reporter): void => {
  if (versions !== undefined && versions !== true) report('traffic.versions', 'must be true, or be left out');
  const kinds = Array.isArray(poison?.kinds) ? poison.kinds : [];
  if (versions === undefined && kinds.some((kind) => kind === 'unlike-schema' || kind === 'unknown-version'))
    report('traffic.poison.kinds', 'unlike-schema and unknown-version are of events that say their version: add versions');
  if (versions !== undefined && (batch !== undefined || driver !== undefined))
    report('traffic.versions', 'are sent one by one, by our own driver');
};

const poisonProblems = (poison: Traffic['poison'], report: Reporter): void => {
  if (poison === undefined) return;
  if (!isShare(poison.share)) report('traffic.poison.share', 'must be above 0 and at most 1; leave poison out for none');
  if (!Array.isArray(poison.kinds) || poison.kinds.length === 0) return report('traffic.poison.kinds', 'must name at least one kind');
  for (const kind of poison.kinds) {
    if (!poisonKinds.includes(kind))
      report('traffic.poison.kinds', `there is no poison ${JSON.stringify(kind)}; there are ${poisonKinds.join(', ')}`);
  }
  if (poison.kinds.every((kind) => kind === 'oversized'))
    report('traffic.poison.kinds', 'must have another kind beside oversized, whose number is bounded');
};
