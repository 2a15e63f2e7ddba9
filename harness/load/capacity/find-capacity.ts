// Carries the search out: each probe settles first, is then measured for a while, and judged by the same gates as any run.
import type { PlayHooks, PlayJob, Played, Player } from '../play.ts';
import { totalArrivals, totalSeconds, type Stage } from '../plan/stage.ts';
import { gateValue } from '../report/figures.ts';
import type { GateResult, PhaseResult } from '../result.ts';
import { isLate, judgeSlos, samplesNeeded } from '../slo/judge-slos.ts';
import type { Slo } from '../slo/slo.ts';
import type { CapacityResult, Probe, ProbeOutcome } from './capacity-result.ts';
import { endOf, nextStep, type SearchOptions, type Step, type Told } from './search.ts';

export type CapacityOptions = SearchOptions & {
  readonly slos: readonly Slo[];
  readonly settleSeconds: number;
  readonly probeSeconds: number;
  /** Ends the search where the next probe would go beyond; the first one must fit into it. */
  readonly mostSeconds: number;
};

export type FoundCapacity = {
  readonly capacity: CapacityResult;
  /** The last probe at the rate that was found, else the last of all. */
  readonly played: Played;
  readonly plan: readonly Stage[];
  readonly gates: readonly GateResult[];
};

type Probed = { readonly probe: Probe; readonly played: Played; readonly plan: readonly Stage[]; readonly gates: readonly GateResult[] };

/** Drawn arrivals may be fewer than the rate says. */
const spare = 1.2;

type ProbeLength = Pick<CapacityOptions, 'settleSeconds' | 'probeSeconds' | 'slos'>;

/** At a low rate a probe lasts longer, until its percentiles can say something. */
export const probeStages = (ratePerSecond: number, { settleSeconds, probeSeconds, slos }: ProbeLength): readonly Stage[] => {
  const flat = { fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond };
  const needed = Math.ceil((Math.max(...slos.map(samplesNeeded)) * spare) / ratePerSecond);
  return [
    { name: 'settle', kind: 'warm-up', seconds: settleSeconds, ...flat },
    { name: 'probe', kind: 'steady', seconds: Math.max(probeSeconds, needed), ...flat },
  ];
};

export const findCapacity = async (
  player: Player,
  job: Omit<PlayJob, 'stages' | 'firstNumber'>,
  options: CapacityOptions,
  hooks: PlayHooks & { readonly onProbe: (probe: Probe) => void },
): Promise<FoundCapacity> => {
  const probed: Probed[] = [];
  let firstNumber = 0;
  let seconds = 0;
  for (let step = nextStep([], options); step !== null; step = nextStep(probed.map(toldOf), options)) {
    const stages = probeStages(step.ratePerSecond, options);
    seconds += totalSeconds(stages);
    if (seconds > options.mostSeconds) break;
    const each = await probe(player, { ...job, stages, firstNumber }, step, options, hooks);
    firstNumber += Math.ceil(totalArrivals(each.plan) * 1.1) + 1000;
    probed.push(each);
    hooks.onProbe(each.probe);
  }
  return conclude(probed, options);
};

const probe = async (player: Player, job: PlayJob, step: Step, options: CapacityOptions, hooks: PlayHooks): Promise<Probed> => {
  const plan = job.stages;
  const played = await player.play(job, hooks);
  const gates = judgeSlos(options.slos, played.phases);
  const phase = played.phases[1] as PhaseResult;
  const bad = gates.find(({ outcome }) => outcome === 'missed') ?? gates.find(({ outcome }) => outcome === 'unproven');
  const doubt = played.doubts[0];
  return {
    plan,
    played,
    gates,
    probe: {
      ...step,
      outcome: outcomeOf(gates, phase, doubt !== undefined),
      p50: phase.latencyMs.p50,
      p99: phase.latencyMs.p99,
      errorShare: phase.errorShare,
      lateRatio: phase.lateRatio,
      because: bad === undefined ? (doubt ?? null) : (bad.because ?? `${bad.slo} was missed: ${gateValue(bad)}`),
    },
  };
};

const outcomeOf = (gates: readonly GateResult[], phase: PhaseResult, isDoubtful: boolean): ProbeOutcome => {
  if (gates.some(({ outcome }) => outcome === 'missed')) return 'missed';
  return isDoubtful || isLate(phase) || gates.length === 0 || gates.some(({ outcome }) => outcome === 'unproven') ? 'unproven' : 'holds';
};

const toldOf = ({ probe: { ratePerSecond, purpose, outcome } }: Probed): Told => ({ ratePerSecond, purpose, outcome });

const conclude = (probed: readonly Probed[], options: CapacityOptions): FoundCapacity => {
  const end = endOf(probed.map(toldOf), options);
  const atFound = probed.filter(({ probe: { ratePerSecond } }) => ratePerSecond === end.ratePerSecond);
  const last = (atFound.at(-1) ?? probed.at(-1)) as Probed;
  const repeatsP99Ms = atFound.flatMap(({ probe: { p99 } }) => p99 ?? []);
  return {
    capacity: { probes: probed.map((each) => each.probe), ...end, repeatsP99Ms },
    played: last.played,
    plan: last.plan,
    gates: last.gates,
  };
};
