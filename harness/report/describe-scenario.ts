// Parts of a scenario in words, for the plan on the console and for the report.
import { basename } from 'node:path';
import type { FiredAlert } from '../engine/fired-alerts.ts';
import type { ConsumerDoor, Consumers } from '../scenario/consumers.ts';
import type { Budget, ExpectedAlert, Traffic } from '../scenario/scenario.ts';
import { count } from './console/numbers.ts';

export const describeTraffic = (traffic: Traffic): string => {
  const {
    arrivals,
    replay,
    keys,
    sequenced,
    ids,
    producers,
    late,
    early,
    duplicates,
    disorder,
    poison,
    retries,
    senders,
    transport,
    batch,
    driver,
    tenants,
  } = traffic;
  return [
    replay === undefined ? `${arrivals} arrivals` : `${count(replay.deliveries.length)} deliveries of a recording, replayed`,
    describeKeys(keys),
    ...(sequenced === true ? ['numbered per key'] : []),
    ...(ids === 'none' ? ['without ids'] : []),
    ...(tenants === undefined ? [] : [`of tenants ${tenants.map(describeTenant).join(' and ')}`]),
    ...(transport === 'udp' ? ['by UDP'] : []),
    ...(driver === undefined
      ? []
      : [
          `sent by k6 with ${count(driver.users)} virtual users${driver.script === undefined ? '' : ` and the script ${basename(driver.script)}`}`,
        ]),
    ...(batch === undefined ? [] : [`in batches of up to ${batch.size}, gathered for at most ${batch.lingerMs} ms`]),
    ...(senders === undefined || senders === 1 ? [] : [`sent by ${senders} processes`]),
    ...(retries === undefined ? [] : [`refused or unanswered ones tried again up to ${retries} times`]),
    ...(duplicates === undefined ? [] : [`${percent(duplicates.share)} delivered twice within ${duplicates.withinMs} ms`]),
    ...(disorder === undefined ? [] : [`${percent(disorder.share)} displaced by up to ${disorder.places} places`]),
    ...(producers === undefined ? [] : [`${count(producers.count)} producers whose clocks are off by up to ${producers.skewMs} ms`]),
    ...(late === undefined ? [] : [`${percent(late.share)} late by up to ${late.byMs} ms`]),
    ...(early === undefined ? [] : [`${percent(early.share)} early by up to ${early.byMs} ms`]),
    ...(poison === undefined ? [] : [`${percent(poison.share)} poison: ${poison.kinds.join(', ')}`]),
  ].join(', ');
};

const describeTenant = ({ name, share, eventsPerSecond }: NonNullable<Traffic['tenants']>[number]): string =>
  `${name} (${percent(share)}${eventsPerSecond === undefined ? '' : `, quota ${count(eventsPerSecond)}/s`})`;

export const describeKeys = (keys: Traffic['keys']): string => {
  switch (keys.kind) {
    case 'zipf':
      return `${count(keys.count)} keys by Zipf (exponent ${keys.exponent})`;
    case 'hot':
      return `${count(keys.count)} keys, of which ${count(keys.hot)} take ${percent(keys.share)}`;
    case 'uniform':
      return `${count(keys.count)} keys, all alike`;
  }
};

export const describeConsumers = ({ instances, leaseMs, handleMs, checkpointMs }: Consumers): string => {
  const of = (door: ConsumerDoor): number => instances.filter((each) => each === door).length;
  const doors = [
    ...(of('client') === 0 ? [] : [`${of('client')} by the client`]),
    ...(of('stream') === 0 ? [] : [`${of('stream')} by hand over server-sent events`]),
  ];
  return `${instances.length} processes consume elsewhere (${doors.join(', ')}), with leases of ${leaseMs} ms, ${handleMs} ms an event, and a checkpoint each ${checkpointMs} ms`;
};

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

export const boundOf = ({ atMost, atLeast, unit }: Pick<Budget, 'atMost' | 'atLeast' | 'unit'>): string =>
  [...(atLeast === undefined ? [] : [`at least ${atLeast} ${unit}`]), ...(atMost === undefined ? [] : [`at most ${atMost} ${unit}`])].join(
    ' and ',
  );

export const describeExpected = ({ alert, cause, withinSeconds, resolvesWithinSeconds }: ExpectedAlert): string => {
  const end = resolvesWithinSeconds === 'never' ? 'rests until somebody acts' : `is over within ${resolvesWithinSeconds} s of its end`;
  return `${alert} fires within ${withinSeconds} s of ${cause}, and ${end}`;
};

/** `FaultlineX (page) from 4.2 s to 9.1 s`, in seconds of the run. */
export const describeFired = ({ alert, severity, firing }: FiredAlert): string => {
  const stretches = firing.map(({ fromSeconds, toSeconds }) =>
    toSeconds === null ? `from ${fromSeconds} s to the end` : `from ${fromSeconds} s to ${toSeconds} s`,
  );
  return `${alert}${severity === '' ? '' : ` (${severity})`} ${stretches.join(' and ')}`;
};
