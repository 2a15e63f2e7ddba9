-- Identities past the dedupe window are found by walking over the table (identity-sweep.ts): an index by time that nobody reads is a cost for each event.
drop index identities_first_seen;
