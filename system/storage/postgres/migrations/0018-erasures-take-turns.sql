-- An erasure that waits does not hold up those that were asked for after it. Processes of the version before do not name the column, and keep to the oldest.

-- When it was last found waiting; null: it is not waiting.
alter table erasures add column waited_at timestamptz;
drop index erasures_open;
create index erasures_open on erasures (waited_at nulls first, erasure) where done_at is null;
