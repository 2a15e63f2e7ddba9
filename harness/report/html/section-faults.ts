// The faults, numbered as in the plots: what was planned, whether it took effect and was healed, and the evidence from the target.
import { describeFault } from '../../scenario/faults/describe-fault.ts';
import type { FaultEvidence, RunData } from '../../engine/run-data.ts';
import { html, type Markup } from './markup.ts';

export const faultsSection = (run: RunData): Markup | null => {
  const { faults } = run.plan.scenario;
  if (faults.length === 0) return null;
  const never = faults.filter(({ name }) => !run.evidence.some(({ fault }) => fault === name));
  return html`<h3>Faults and their evidence</h3>
    <p class="hint">
      Evidence comes from the target and the operating system, never from the fact that a signal was sent. Times are seconds of the run.
    </p>
    <ol class="faults">
      ${run.evidence.map((evidence) => faultOf(run, evidence))}
    </ol>
    ${never.map(({ name }) => html`<p class="problem">Fault <strong>${name}</strong> was never carried out.</p>`)}`;
};

const faultOf = ({ plan, timeline }: RunData, evidence: FaultEvidence): Markup => {
  const planned = plan.scenario.faults.find(({ name }) => name === evidence.fault);
  const at = (time: number): string => `${((time - timeline.zeroAt) / 1000).toFixed(2)} s`;
  const state = [
    evidence.tookEffect ? 'took effect' : 'took no effect',
    evidence.healed ? `healed by ${at(evidence.healedAt ?? 0)}` : 'not healed',
  ].join(', ');
  return html`<li>
    <p>
      <strong>${evidence.fault}</strong>${planned === undefined ? '' : `: ${describeFault(planned)}`}.
      <span class="${evidence.tookEffect && evidence.healed ? 'good' : 'bad'}">${state}</span>
    </p>
    <div class="scroll">
      <table>
        <caption class="away">
          Evidence of ${evidence.fault}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="number">At</th>
            <th scope="col">Source</th>
            <th scope="col">Observed</th>
          </tr>
        </thead>
        <tbody>
          ${evidence.observations.map(
            ({ at: time, source, observed }) =>
              html`<tr>
                <td class="number">${at(time)}</td>
                <td><code>${source}</code></td>
                <td>${observed}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </li>`;
};
