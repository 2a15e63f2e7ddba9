// What was planned: phases with their rates, what the traffic is like, which processes and settings.
import { describeShape } from '../../scenario/rate-shape.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { count } from '../console/numbers.ts';
import { describeConsumers, describeTraffic } from '../describe-scenario.ts';
import { html, type Markup } from './markup.ts';

export const trafficSection = (scenario: Scenario): Markup => {
  const settings = Object.entries(scenario.target.environment ?? {});
  return html`<details class="group">
    <summary><strong>Traffic and target</strong>: ${describeTraffic(scenario.traffic)}</summary>
    <div class="scroll">
      <table>
        <caption class="away">
          Phases
        </caption>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Kind</th>
            <th scope="col" class="number">Length</th>
            <th scope="col" class="number">Planned rate</th>
          </tr>
        </thead>
        <tbody>
          ${scenario.phases.map(
            ({ name, kind, seconds, ratePerSecond, shape }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${kind}</td>
                <td class="number">${seconds} s</td>
                <td class="number">${count(ratePerSecond)}/s${shape === undefined ? '' : `, ${describeShape(shape)}`}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p>
      Processes:
      ${Object.entries(scenario.target.processes)
        .map(([role, number]) => `${number} ${role}`)
        .join(', ')}.
      ${scenario.consumers === undefined ? '' : `Beside it ${describeConsumers(scenario.consumers)}. `}
      ${scenario.target.teamProcessor === true ? "Workers run a processor of a team's own, which fails for events that ask for it. " : ''}
      ${scenario.target.faultyHandler === true ? 'Workers run user code that throws or hangs for events that ask for it. ' : ''}
      ${scenario.target.slowHotKeys === true ? 'User code takes ten milliseconds for each event of a hot key. ' : ''}
      ${scenario.target.schemas === true ? 'Both versions of the events are registered, and user code reads the second. ' : ''}
      ${settings.length === 0 ? 'The system runs with its default settings.' : html`Settings that differ from the defaults: ${settings.map(([name, value]) => html`<code>${name}=${value}</code> `)}`}
    </p>
  </details>`;
};
