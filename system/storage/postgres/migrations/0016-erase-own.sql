-- Erasure in the tables of a team's own processors, and in the reports of refused lines. Columns that processes of the version before do not name.

-- How an object's rows are found: {"rows": {table: condition}, "left": [tables of which nothing is said]}; null: the processor says nothing of it.
alter table own_processors add column erase jsonb;

-- A worker of the version before would leave them where they are. Its row says null.
alter table workers add column erases_own boolean;

-- Why an owner could not carry it out: a condition that the table refuses.
alter table erasure_commands add column problem text, add column problem_at timestamptz;

-- Reasons that quoted the line. From here on no line is quoted.
update import_refusals set place = null, reason = 'what the line said is not kept here: the file has it'
where code in ('invalid_json', 'number_out_of_range', 'hostile_text') and reason <> 'is not UTF-8'
  or code = 'invalid_event' and reason like '%is not a field of the contract%';
