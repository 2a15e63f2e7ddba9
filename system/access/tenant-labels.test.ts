import { expect, test } from 'vitest';
import { tenantPattern } from '../contract/access.ts';
import { createTenantLabels } from './tenant-labels.ts';

test('the tenants that were made first have labels of their own, the rest is one', () => {
  let tenants = new Map([
    ['default', 1],
    ['a', 1],
    ['b', 1],
  ]);
  const labels = createTenantLabels(() => tenants, 2);
  expect(['default', 'a', 'b', 'nobody'].map((tenant) => labels.of(tenant))).toEqual(['default', 'a', '_others', '_others']);
  tenants = new Map([
    ['default', 1],
    ['b', 1],
  ]);
  expect([labels.of('b'), labels.all()]).toEqual(['b', ['default', 'b']]);
});

test('no tenant can have the name of the rest', () => {
  const labels = createTenantLabels(() => new Map([['default', 1]]), 1);
  expect(labels.of('shop')).not.toMatch(new RegExp(tenantPattern));
});
