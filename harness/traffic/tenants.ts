// Whose an event is, where a scenario has tenants: by their shares, from the seed. The tenant is its system, so that no key is of two.
import type { Traffic } from '../scenario/scenario.ts';
import type { PlannedKey } from './keys.ts';
import type { Random } from './random.ts';

export const createTenantPicker = (tenants: Traffic['tenants'], random: Random): ((key: PlannedKey) => PlannedKey) => {
  if (tenants === undefined) return (key) => key;
  const last = tenants.at(-1)!;
  return (key) => {
    let left = random.unit();
    const tenant = tenants.find(({ share }) => (left -= share) < 0) ?? last;
    return { ...key, systemName: tenant.name };
  };
};
