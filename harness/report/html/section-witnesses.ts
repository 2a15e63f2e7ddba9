// The two witnesses side by side, and the budgets with what was measured.
import type { ScenarioVerdict } from '../../engine/verdict.ts';
import type { Budget, Scenario } from '../../scenario/scenario.ts';
import { measured, quantity } from '../console/numbers.ts';
import { boundOf } from '../describe-scenario.ts';
import { html, type Markup } from './markup.ts';
import { badge } from './section-summary.ts';

export const witnessesSection = ({ compared }: ScenarioVerdict): Markup => {
  if (compared.length === 0)
    return html`<h3>Two witnesses</h3>
      <p class="problem">There is no telemetry of this run to compare the history with.</p>`;
  return html`<h3>Two witnesses</h3>
    <p class="hint">
      The same quantity as the history has it (settled by reading the tables back) and as the telemetry's last samples had it. Signals kept
      in the books must be equal.
    </p>
    <div class="scroll">
      <table>
        <caption class="away">
          History and telemetry compared
        </caption>
        <thead>
          <tr>
            <th scope="col">Signal</th>
            <th scope="col" class="number">History</th>
            <th scope="col" class="number">Telemetry</th>
            <th scope="col">Tolerance</th>
            <th scope="col">They</th>
          </tr>
        </thead>
        <tbody>
          ${compared.map(
            ({ signal, history, telemetry, tolerance, agrees }) =>
              html`<tr>
                <th scope="row"><code>${signal}</code></th>
                <td class="number">${measured(history)}</td>
                <td class="number">${measured(telemetry)}</td>
                <td>${tolerance}</td>
                <td class="${agrees ? 'good' : 'bad'}">
                  ${agrees ? 'agree' : telemetry === null ? 'cannot be compared' : 'contradict each other'}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
};

export const budgetsSection = ({ results }: ScenarioVerdict, { budgets }: Scenario): Markup | null => {
  if (budgets.length === 0) return null;
  return html`<h3>Budgets</h3>
    <div class="scroll">
      <table>
        <caption class="away">
          Budgets
        </caption>
        <thead>
          <tr>
            <th scope="col">Budget</th>
            <th scope="col">In phase</th>
            <th scope="col" class="number">Measured</th>
            <th scope="col">Allowed</th>
            <th scope="col">Result</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          ${budgets.map((budget) => budgetRow(budget, results))}
        </tbody>
      </table>
    </div>`;
};

const budgetRow = (budget: Budget, results: ScenarioVerdict['results']): Markup => {
  const result = results.find(({ id }) => id === `budget/${budget.name}@${budget.phase}`);
  return html`<tr>
    <th scope="row">${budget.name}</th>
    <td>${budget.phase === 'all' ? 'all' : budget.phase}</td>
    <td class="number">${quantity(result?.measured?.value ?? null, budget.unit)}</td>
    <td>${boundOf(budget)}</td>
    <td>${result === undefined ? 'not judged' : badge(result.outcome)}</td>
    <td>
      ${budget.why}
      <details>
        <summary>query</summary>
        <code class="query">${budget.promql}</code>
      </details>
    </td>
  </tr>`;
};
