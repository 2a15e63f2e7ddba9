-- A comparison that can't be carried out ends, and says why. New columns and a wider check: a process of the version before names neither, carries comparisons out as
-- it did, and refuses a switch after one that failed, as after any that is not equal.
alter table rebuild_comparisons
  add column failures integer not null default 0,  -- in a row, of the step that it stands at
  add column problem text;                         -- of the last of them; null: none since it last went on
alter table rebuild_comparisons
  drop constraint rebuild_comparisons_outcome_check,
  add constraint rebuild_comparisons_outcome_check check (outcome in ('equal', 'different', 'failed'));
