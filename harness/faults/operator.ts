// What an operator does while everything goes on. It has an effect where each step was done, and what had to be refused was refused; there is nothing to heal.
import type { OperatorEffect } from '../scenario/faults/operator-fault.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { createObservations, type Observations } from './observations.ts';
import { type Desk, openDesk } from './operator/desk.ts';
import { erase } from './operator/erase.ts';
import { rebuild } from './operator/rebuild.ts';
import { replay } from './operator/replay.ts';

const works: Readonly<Record<OperatorEffect, (desk: Desk, context: FaultContext, observations: Observations) => Promise<boolean>>> = {
  rebuild,
  erase,
  replay,
};

export const operator: FaultRunner<'operator'> = async (fault, context) => {
  const { clock } = context;
  const observations = createObservations(clock, context.note);
  const injectedAt = clock.now();
  const desk = openDesk(context, observations, injectedAt + fault.seconds * 1000);
  const tookEffect = await works[fault.effect](desk, context, observations);
  const { name, kind } = fault;
  return { fault: name, kind, injectedAt, healedAt: clock.now(), tookEffect, healed: true, observations: observations.all };
};
