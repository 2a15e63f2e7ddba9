// What `npm start` prints once all is ready: addresses, what survived, and a request that works when pasted.

export type Welcome = {
  readonly ingestUrl: string;
  readonly ingestCount: number;
  /** null: there is no door for datagrams. */
  readonly udpUrl: string | null;
  readonly queryUrl: string;
  readonly workerCount: number;
  /** Of a team's own, as name/version. */
  readonly processors: readonly string[];
  /** Where the events are: `PostgreSQL 18.4 on /…/data`, or the user's database. */
  readonly storage: string;
  readonly state: string;
  /** Then the requests to try have one, from the variable in which `npm run ops` looks for it. */
  readonly isKeyNeeded: boolean;
  /** Of TLS; null: plain HTTP. */
  readonly certificatePath: string | null;
  readonly now: Date;
};

const exampleEvent = (now: Date): string =>
  JSON.stringify({
    system_name: 'shop',
    object_id: 'order-1',
    event_name: 'order_placed',
    event_time: now.toISOString(),
    metadata: { total: 42.5 },
  });

const curl = ({ certificatePath, isKeyNeeded }: Welcome): string =>
  [
    'curl -sS',
    ...(certificatePath === null ? [] : [`--cacert ${certificatePath}`]),
    ...(isKeyNeeded ? ['-H "authorization: Bearer $FAULTLINE_API_KEY"'] : []),
  ].join(' ');

export const welcomeText = (welcome: Welcome): string => {
  const { ingestUrl, ingestCount, udpUrl, queryUrl, workerCount, processors, storage, state, now } = welcome;
  const ask = curl(welcome);
  return [
    `ingest    ${ingestUrl}${ingestCount > 1 ? ` (${ingestCount} processes)` : ''}`,
    ...(udpUrl === null ? [] : [`udp       ${udpUrl}`]),
    `query     ${queryUrl}`,
    `workers   ${workerCount}${processors.length > 0 ? `, with ${processors.join(', ')}` : ''}`,
    `storage   ${storage}`,
    `state     ${state}`,
    '',
    'Send an event, and see what became of it:',
    '',
    `  ${ask} ${ingestUrl}/events -H 'content-type: application/json' -d '${exampleEvent(now)}'`,
    `  ${ask} ${queryUrl}/timelines/shop/order-1`,
    '',
    `How, in full: ${ingestUrl}/docs and ${queryUrl}/docs`,
    '',
    'Ctrl-C stops it in order.',
  ].join('\n');
};
