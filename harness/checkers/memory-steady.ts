// Memory does not grow with time: of each process of the target that lived long enough, once it is warm, the last third held at most `megabytes` more than the first.
// Medians, so that a moment of garbage counts for nothing. How long each was looked at is said, for a bound that is kept over seconds promises little.
import type { RunData } from '../engine/run-data.ts';
import { type Check, conclude, concludeFrom, createFindings, numberFrom } from './check.ts';

const id = 'expectation/memory-steady';
const bytesPerMegabyte = 1_000_000;
/**
 * Code that has never run takes memory for its first while, and so does the heap until its floor between two collections is found: in a soak, ingest processes
 * held 160 to 200 MB after 10 s of CPU and 230 to 260 MB after 15 to 24 s; from there it goes up and down by some tens, without end. By work and not by time: one that stands by, as clients keep
 * their connections to another, has not begun.
 */
const warmMs = 20_000;
const warmCpuSeconds = 24;
const leastMs = 40_000;

type Looked = { readonly role: string; readonly name: string; readonly seconds: number; readonly first: number; readonly last: number };
/** `unseen`: processes that did not work for long enough; `unseenRoles`: those of which none did, so that nothing is said of them. */
type Looks = { readonly looked: readonly Looked[]; readonly unseen: number; readonly unseenRoles: readonly string[] };

export const memorySteady: Check = (run, parameters) => {
  const bound = numberFrom(parameters, 'megabytes');
  if (!run.machineComplete)
    return conclude(id, 'inconclusive', 'The samples of the machine are cut off, so what processes held at the end is not known.');
  const { looked, unseen, unseenRoles } = lookedAt(run);
  if (looked.length === 0)
    return conclude(
      id,
      'inconclusive',
      `No process of the target lived for ${leastMs / 1000} s once it had worked for ${warmCpuSeconds} s of CPU: nothing can be said of what grows with time.`,
    );
  const findings = createFindings();
  for (const { name, seconds, first, last } of looked) {
    if (last - first <= bound) continue;
    const perMinute = ((last - first) / seconds) * 60;
    findings.add(
      `${name} held ${first.toFixed(0)} MB at first and ${last.toFixed(0)} MB at last: ${perMinute.toFixed(1)} MB more a minute for ${seconds.toFixed(0)} s`,
    );
  }
  const most = looked.reduce((one, other) => (other.last - other.first > one.last - one.first ? other : one));
  const longest = Math.max(...looked.map(({ seconds }) => seconds));
  return concludeFrom(id, findings, {
    good: `None of ${looked.length} processes, looked at for up to ${longest.toFixed(0)} s, grew by more than ${(most.last - most.first).toFixed(0)} MB (${most.name}); ${unseen} others did not work for long enough${unseenRoles.length === 0 ? '' : `, so that nothing is known of ${unseenRoles.join(', ')}`}.`,
    bad: `${findings.total} of ${looked.length} processes grew by more than ${bound} MB.`,
    measured: { value: Math.round((most.last - most.first) * 10) / 10, unit: 'MB', bound: `<= ${bound} MB` },
  });
};

const lookedAt = ({ machine, plan }: RunData): Looks => {
  const roles = new Set(Object.keys(plan.scenario.target.processes));
  const samples = machine.flatMap(({ at, processes }) =>
    processes.flatMap(({ role, pid, cpuSeconds, pssBytes }) =>
      roles.has(role) ? [{ at, role, name: `${role} (pid ${pid})`, cpuSeconds, pssBytes }] : [],
    ),
  );
  const all = [...Map.groupBy(samples, ({ name }) => name)];
  const looked = all.flatMap(([name, ofOne]): Looked[] => {
    let worked = 0;
    // CPU is in every sample, memory in some of them.
    const warm = ofOne.flatMap(({ at, cpuSeconds, pssBytes }) => {
      worked += cpuSeconds;
      const isWarm = worked >= warmCpuSeconds && at >= ofOne[0]!.at + warmMs;
      return isWarm && pssBytes !== null ? [{ at, megabytes: pssBytes / bytesPerMegabyte }] : [];
    });
    const [from, to] = [warm[0]?.at ?? 0, warm.at(-1)?.at ?? 0];
    if (to - from < leastMs) return [];
    const third = (to - from) / 3;
    const median = (part: typeof warm): number => part.map(({ megabytes }) => megabytes).toSorted((a, b) => a - b)[part.length >> 1] ?? 0;
    const [first, last] = [median(warm.filter(({ at }) => at <= from + third)), median(warm.filter(({ at }) => at >= to - third))];
    return [{ role: ofOne[0]!.role, name, seconds: (2 * third) / 1000, first, last }];
  });
  const seenRoles = new Set(looked.map(({ role }) => role));
  const unseenRoles = [...new Set(samples.map(({ role }) => role))].filter((role) => !seenRoles.has(role));
  return { looked, unseen: all.length - looked.length, unseenRoles };
};
