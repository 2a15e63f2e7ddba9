// Which tenant of the target sent an event: where a scenario has tenants the system of an event names it; whatever else is sent is sent without a key of a tenant.
import type { Scenario } from '../scenario/scenario.ts';

/** The one that there always is. */
const defaultTenant = 'default';

export const sentBy = ({ traffic }: Pick<Scenario, 'traffic'>): ((sent: { readonly systemName: string }) => string) => {
  const names = new Set(traffic.tenants?.map(({ name }) => name));
  return ({ systemName }) => (names.has(systemName) ? systemName : defaultTenant);
};
