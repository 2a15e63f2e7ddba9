// What a scenario may expect, and what it may demand to have seen: names, parameters and a line on each, for authors, types and documentation. A test holds
// it equal to the registry of checks (harness/cli/checks.ts).

/** `string?` may be left out. */
type ParameterKind = 'number' | 'string' | 'strings' | 'string?';
type Entry = { readonly means: string; readonly parameters?: Readonly<Record<string, ParameterKind>> };

export const expectations = {
  'good-events-accepted': {
    means: 'Each delivery of a good event is acknowledged; where a tenant is named, each of that tenant’s.',
    parameters: { tenant: 'string?' },
  },
  'every-event-acknowledged': { means: 'Of each good event some attempt is acknowledged in the end.' },
  'refused-nobody': { means: 'No answer to a good event is a refusal; an attempt may end without an answer.' },
  'refused-in-time': {
    means: 'Each 503 comes within so many seconds and has a Retry-After, and nobody waits longer for no answer at all.',
    parameters: { seconds: 'number' },
  },
  'refusals-are-definite': { means: 'What was refused is not there, and every refusal says so with a code.' },
  'poison-answers': { means: 'Each poison gets the answer of its kind.' },
  'dead-letters-equal-poison': {
    means: 'Exactly the poison that user code met is a dead letter; what follows it on its key waits behind it.',
  },
  'own-effects-once': {
    means: "Each event has its entry in the table of a team's own processor once and in order, but the poison and what waits behind it.",
  },
  'no-dead-letters': { means: 'Nothing is parked at the end.' },
  'stops-in-order': {
    means: 'Each process that is stopped in order ends by itself, with code 0, within so many seconds.',
    parameters: { seconds: 'number' },
  },
  'takeover-within': {
    means: 'Each lane of a dead or stopped worker has a new owner within so many seconds.',
    parameters: { seconds: 'number' },
  },
  'zombie-fenced': { means: 'A worker that wakes up after its lease was taken over writes nothing.' },
  'no-takeover': { means: 'No lane changes hands: nothing here gives a reason to.' },
  'equals-ordered-delivery': { means: 'The read models are what delivery in order would have made of them.' },
  'duplicates-counted-exactly': { means: 'The books count as many duplicates as were delivered.' },
  'lag-recovers': {
    means: 'The backlog is under so many events again within so many seconds of the end of a phase.',
    parameters: { under: 'number', withinSeconds: 'number', phase: 'string' },
  },
  'others-stay-fresh': {
    means: 'While hot keys are behind by so many seconds, 99 in 100 events of all others are applied within so many.',
    parameters: { withinSeconds: 'number', hotSeconds: 'number' },
  },
  'memory-within': {
    means: 'No process of the run grows past so many megabytes, but for the harness and the telemetry stack, which outlive it.',
    parameters: { megabytes: 'number' },
  },
  'memory-steady': {
    means: 'Once it is warm, no process of the target grows by more than so many megabytes, however long it lives.',
    parameters: { megabytes: 'number' },
  },
  'disk-bounded': {
    means: 'The database grows by at most so many bytes for each event that is stored.',
    parameters: { bytesPerEvent: 'number' },
  },
  'panels-have-data': {
    means: 'Every panel of every dashboard has data, but for those that show trouble alone.',
    parameters: { mayBeEmpty: 'strings' },
  },
  'read-your-writes': {
    means: 'A read of this kind that is sent after the 2xx of a write shows it.',
    parameters: { kind: 'string' },
  },
  'monotonic-reads': { means: 'No client is shown less than it was shown before.' },
  'stale-reads': {
    means: 'A read shows each write that was acknowledged more than so many seconds before it.',
    parameters: { withinSeconds: 'number' },
  },
  'phantom-reads': { means: 'Nothing is shown that nobody sent, and nothing that is gone again.' },
  'reads-answered': { means: 'Each read is answered, and with no error.' },
  'erased-everywhere': { means: 'Of an event whose object was erased nothing is left but its place in the log.' },
  'consumed-at-least-once': {
    means: 'Each event is worked on by one of those who consume elsewhere, and is what the log has at its place.',
  },
  'consumed-in-order': {
    means: 'Under each lease a lane is given in the order of its positions, none left out, from the checkpoint that came with it.',
  },
  'checkpoint-never-ahead': { means: 'No checkpoint covers an event that whoever asked for it was not done with.' },
  'redelivery-bounded': { means: 'What comes again is what lay after the last checkpoint: each lease of a lane begins there.' },
  'consumer-zombie-fenced': { means: 'No checkpoint is taken under an epoch that is over; whoever asks for one is told.' },
  'given-under-lease': { means: 'The client hands nothing out once its lease is over, whether or not anybody answers it.' },
  'replayed-as-asked': {
    means: 'Each dead letter that was mended and replayed has its effect, and none was begun before its turn by the rate.',
  },
} as const satisfies Record<string, Entry>;

/** By the name of the check without its "-seen". */
export const seen = {
  refusals: { means: 'deliveries that were refused' },
  duplicates: { means: 'second deliveries that were acknowledged' },
  takeovers: { means: 'workers whose lanes were taken over' },
  fencing: { means: 'writes or renewals that were refused for an old epoch' },
  'lag-over': { means: 'events of backlog' },
  'out-of-order': { means: 'events that came after a later one of their key' },
  inverted: { means: 'events that were received before another of their key and appended after it' },
  'dead-letters': { means: 'dead letters' },
  recovered: { means: 'events whose every delivery ended unknown, and that are there all the same' },
  reads: { means: 'reads that showed an event' },
  'consumer-fencing': { means: 'checkpoints of consumers elsewhere that were refused for an old epoch' },
  'consumer-redeliveries': { means: 'events that consumers elsewhere were given again' },
} as const satisfies Record<string, Entry>;

export type ExpectationName = keyof typeof expectations;
export type SeenName = keyof typeof seen;

type ValueOf = { readonly number: number; readonly string: string; readonly strings: readonly string[] };
type Given<Kinds> = {
  readonly [Name in keyof Kinds as Kinds[Name] extends keyof ValueOf ? Name : never]: ValueOf[Kinds[Name] & keyof ValueOf];
} & {
  readonly [Name in keyof Kinds as Kinds[Name] extends 'string?' ? Name : never]?: string;
};
/** `true` where nothing has to be given. */
type ParametersOf<Value> = Value extends { readonly parameters: infer Kinds }
  ? Given<Kinds> | (object extends Given<Kinds> ? true : never)
  : true;
export type ExpectationParameters<Name extends ExpectationName> = ParametersOf<(typeof expectations)[Name]>;
/** The least that must be seen. */
export type SeenParameters = number;
