// What a target file calls: checks what it says of itself, all of it at once, and gives it back.
import { HarnessError } from '../../engine/errors.ts';
import { collectProblems, isList, isName, isText, isWhole, type Problem } from '../../scenario/problem.ts';
import { offers, type Offer } from '../offers.ts';
import type { TargetFile } from './target-file.ts';

export type { AnswerMeaning, OutgoingEvent, OutgoingRequest } from '../../drivers/dialect.ts';
export type { KeptEvent, ProcessRequest, StartContext, StartedProcess, StartedSystem, TargetFile } from './target-file.ts';

/** What a file can offer; the rest rests on the shape of faultline's own tables and telemetry. */
const possible: readonly Offer[] = ['read-back', 'processes', 'database', 'metrics', 'datagrams'];

export const targetProblems = (target: TargetFile): readonly Problem[] =>
  collectProblems((report) => {
    if (typeof target !== 'object' || target === null) return report('target', 'must be an object');
    if (!isName(target.name)) report('name', `must be lower-case words joined by hyphens, not ${JSON.stringify(target.name)}`);
    if (typeof target.start !== 'function') report('start', 'must be a function that starts the system, or attaches to it');
    for (const name of ['request', 'answer'] as const)
      if (target.send?.[name] !== undefined && typeof target.send[name] !== 'function') report(`send.${name}`, 'must be a function');
    if (!isList(target.offers)) report('offers', `must be a list of what it offers: ${possible.join(', ')}`);
    else
      target.offers.forEach((offer, index) => {
        if (!possible.includes(offer)) report(`offers[${index}]`, `must be one of ${possible.join(', ')}, not ${JSON.stringify(offer)}`);
      });
    if (target.offers.includes('metrics') !== Object.keys(target.measures ?? {}).length > 0)
      report('measures', 'metrics are offered by naming what may be measured, and measures are asked only where metrics are offered');
    for (const [name, { promql, over, unit, means }] of Object.entries(target.measures ?? {})) {
      if (!isText(promql) || !promql.includes('$run')) report(`measures.${name}.promql`, 'must select this run with $run');
      if (over !== 'end' && over !== 'every-step') report(`measures.${name}.over`, 'must be end or every-step');
      if (!isText(unit)) report(`measures.${name}.unit`, 'must not be empty');
      if (!isText(means)) report(`measures.${name}.means`, 'must say in a line what it is');
    }
    if (target.offers.includes('database') && target.postgres !== true)
      report('offers', 'database is offered only with postgres: true, for it is that one which can be asked');
    for (const [offer, why] of Object.entries(target.lacks ?? {})) {
      if (!(offer in offers)) report(`lacks.${offer}`, `there is no such thing to offer; there are ${Object.keys(offers).join(', ')}`);
      else if (!isText(why)) report(`lacks.${offer}`, 'must say why');
    }
    for (const [role, count] of Object.entries(target.processes ?? {}))
      if (!isWhole(count, 0, 16)) report(`processes.${role}`, `must be a whole number from 0 to 16, not ${JSON.stringify(count)}`);
  });

/** Throws FL_TARGET_FILE with one line a problem; otherwise gives the same target back. */
export const defineTarget = (target: TargetFile): TargetFile => {
  const problems = targetProblems(target);
  if (problems.length === 0) return Object.freeze(target);
  const lines = problems.map(({ place, message }) => `  ${place}: ${message}`);
  throw new HarnessError('FL_TARGET_FILE', `the target file has ${problems.length} mistakes:\n${lines.join('\n')}`);
};
