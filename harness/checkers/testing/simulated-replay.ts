// Test support: a perfect run in which a few events were dead letters and were replayed, at five a second.
import { type ReplayClaim, replayedEvent } from '../../history/replay-claims.ts';
import { type SimulatedRun, withRows, zeroAt } from './simulated-run.ts';

export const withReplay = (run: SimulatedRun): { readonly run: SimulatedRun; readonly claim: ReplayClaim } => {
  const letters = run.finalState.flatMap((row) => (row.kind === 'timeline-entry' ? [row.eventId] : [])).slice(0, 6);
  const claim: ReplayClaim = { event: replayedEvent, letters, askedAt: zeroAt + 2000, ratePerSecond: 5 };
  const replayed = withRows(run, 'timeline-entry', (rows) =>
    rows.map((row) => {
      const place = letters.indexOf(row.eventId);
      return place === -1 ? row : { ...row, appliedAt: claim.askedAt + place * 200 + 30 };
    }),
  );
  const evidence = {
    fault: 'replay',
    kind: 'operator',
    injectedAt: claim.askedAt,
    healedAt: claim.askedAt + 2000,
    tookEffect: true,
    healed: true,
    observations: [{ at: claim.askedAt + 2000, source: 'operator', observed: 'replayed', data: claim }],
  };
  return { run: { ...replayed, evidence: [...run.evidence, evidence] }, claim };
};
