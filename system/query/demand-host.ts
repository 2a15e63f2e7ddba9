// What is of all tenants at once, such as the versions of a read model, is for the tenant of the system itself.
import { defaultTenant } from '../contract/access.ts';
import { notFound } from './request-problem.ts';

/** To another tenant it is not there. */
export const demandHost = (tenant: string): void => {
  if (tenant !== defaultTenant)
    throw notFound(`Read models are those of all tenants: a key of tenant '${defaultTenant}' with the scope 'operate' rebuilds them.`);
};
