-- Exact rows of every table that is dumped, as lines of JSON: "schema.table": rows
select format('select %L || count(*) from %I.%I', to_json(format('%I.%I', n.nspname, c.relname))::text || ': ', n.nspname, c.relname)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
order by n.nspname collate "C", c.relname collate "C" \gexec
