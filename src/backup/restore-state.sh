# How a restore knows what was done before it: the database says so of itself. The restore's id alone tells, whatever backup it found. What was
# restored once and emptied since is not restored.
comment() {
  ask "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database
    where datname = current_database() and to_regclass('public.schema_migrations') is not null"
}
done_prefix="certctl restore $RESTORE_ID: "
begun="certctl restore $RESTORE_ID begun"
