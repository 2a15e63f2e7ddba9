// Defects by which one tenant meets another. Planted with those of the other scenarios outside of the default set.
import type { SelftestCase } from './case.ts';

export const tenantMutations: readonly SelftestCase[] = [
  {
    name: 'first-come-first-committed',
    defect: 'what waits for a commit takes no turns by tenant: a quiet one waits behind all that another has sent',
    scenario: 'noisy-tenant',
    exitCode: 1,
    namedBy: ['budget/quiet-to-noisy@crowded'],
    edits: [
      {
        file: 'system/ingest/tenants/fair-queue.ts',
        find: 'const { tenant } = item.request;',
        replace: "const tenant = item.request.tenant.replace(/.*/s, 'all');",
      },
    ],
  },
  {
    name: 'room-for-whoever-comes-first',
    defect: 'a tenant may fill the whole queue: who comes later is refused for it',
    scenario: 'noisy-tenant',
    exitCode: 1,
    namedBy: ['budget/quiet-refused@crowded'],
    edits: [
      {
        file: 'system/ingest/tenants/fair-room.ts',
        find: 'mine === 0 || !isShared() ||',
        replace: 'mine >= 0 || !isShared() ||',
      },
    ],
  },
  {
    name: 'stored-as-the-first-ones',
    defect: 'what is committed together is all stored as of the tenant of the first of it: others read it, and who sent it does not',
    scenario: 'noisy-tenant',
    exitCode: 1,
    namedBy: ['safety/conflicting-effect'],
    edits: [
      {
        file: 'system/stream/postgres/writer.ts',
        find: 'textArray(requests.map(({ tenant }) => tenant)),',
        replace: 'textArray(requests.map(() => requests[0]!.tenant)),',
      },
    ],
  },
];
