// What an operator does while everything goes on. It has an effect where each step was done, and what had to be refused was refused; there is nothing to heal.
import type { FaultRunner } from './fault.ts';
import { createObservations } from './observations.ts';
import { openDesk } from './operator/desk.ts';
import { erase } from './operator/erase.ts';
import { rebuild } from './operator/rebuild.ts';

export const operatorEffects = ['rebuild', 'erase'] as const;

export const operator: FaultRunner<'operator'> = async (fault, context) => {
  const { clock } = context;
  const observations = createObservations(clock, context.note);
  const injectedAt = clock.now();
  const desk = openDesk(context, observations, injectedAt + fault.seconds * 1000);
  const tookEffect = fault.effect === 'rebuild' ? await rebuild(desk) : await erase(desk, context, observations);
  const { name, kind } = fault;
  return { fault: name, kind, injectedAt, healedAt: clock.now(), tookEffect, healed: true, observations: observations.all };
};
