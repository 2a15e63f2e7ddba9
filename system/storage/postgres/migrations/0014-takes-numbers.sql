-- Whether a version of a team's own processor waits for the producer's numbers, fixed by its first start as its order is. A column that processes of the version before do not name:
-- what they register meanwhile has none, and gets it with its next start.
alter table own_processors add column takes_numbers boolean;

-- What begins in the middle, and what goes on from there, has no numbers to wait for. Whether the others shed is not in the database: the next start says it.
update own_processors o set takes_numbers = false
where o.starts = 'now'
  or o.starts = 'previous' and (
    select n.starts from own_processors n
    where n.processor = o.processor and n.version < o.version and n.starts <> 'previous' order by n.version desc limit 1
  ) = 'now'
  or exists (select from processors p where (p.processor, p.version) = (o.processor, o.version) and not p.ordered);
