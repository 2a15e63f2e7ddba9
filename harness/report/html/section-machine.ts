// The machine while the scenario ran: how busy it was, with what, and how much memory each process took at most.
import type { MachineSample, RunData } from '../../engine/run-data.ts';
import { html, type Markup } from './markup.ts';

type Usage = { readonly role: string; readonly pid: number; readonly cpuSeconds: number; readonly pssBytes: number };

export const machineSection = ({ machine }: RunData): Markup | null => {
  if (machine.length === 0) return null;
  const usages = usageOf(machine);
  const mean = (of: (sample: MachineSample) => number): number => machine.reduce((sum, sample) => sum + of(sample), 0) / machine.length;
  return html`<details class="group">
    <summary>
      <strong>The machine</strong>: ${percent(mean(({ cpuBusy }) => cpuBusy))} of all cores busy on average,
      ${percent(mean(({ cpuSteal }) => cpuSteal))} stolen by others on the host
    </summary>
    <div class="scroll">
      <table>
        <caption class="away">
          Processes
        </caption>
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col" class="number">pid</th>
            <th scope="col" class="number">CPU time</th>
            <th scope="col" class="number">Memory at most (PSS)</th>
          </tr>
        </thead>
        <tbody>
          ${usages.map(
            ({ role, pid, cpuSeconds, pssBytes }) =>
              html`<tr>
                <th scope="row">${role}</th>
                <td class="number">${pid}</td>
                <td class="number">${cpuSeconds.toFixed(1)} s</td>
                <td class="number">${Math.round(pssBytes / 1024 ** 2)} MiB</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
};

/** The first sample counts what a process burnt before the scenario began, so it is left out. */
const usageOf = (machine: readonly MachineSample[]): readonly Usage[] => {
  const usages = new Map<number, Usage>();
  machine.forEach(({ processes }, index) => {
    for (const { role, pid, cpuSeconds, pssBytes } of processes) {
      const before = usages.get(pid) ?? { role, pid, cpuSeconds: 0, pssBytes: 0 };
      const burnt = index === 0 ? 0 : cpuSeconds;
      usages.set(pid, { role, pid, cpuSeconds: before.cpuSeconds + burnt, pssBytes: Math.max(before.pssBytes, pssBytes ?? 0) });
    }
  });
  return [...usages.values()];
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;
