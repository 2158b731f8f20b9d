import type { BackupDatabase } from "./backup-database";

/**
 * Rows in nearly every table of the schema, so that keys, triggers and types of all kinds go through a
 * backup.
 */
export async function fillTables(database: BackupDatabase, rows: number): Promise<void> {
  const n = String(rows);
  await database.query(`
    insert into owners (id, name, email, team_id) select 'o-' || i, 'owner ' || i, 'o' || i || '@example.com', 't-' || (i % 20 + 1) from generate_series(1, ${n}) i;
    insert into certificate_profiles (id, name) select 'p-' || i, E'profile\\t' || i from generate_series(1, 5) i;
    insert into issuers (id, name, type, config, encrypted_config, source)
      select 'iss-' || i, 'issuer ' || i, 'local', '{"key": "\\u00e9\\u4e2d"}', decode(md5(i::text), 'hex'), 'env' from generate_series(1, 4) i;
    insert into agents (id, name, hostname) select 'a-' || i, 'agent ' || i, 'host-' || i from generate_series(1, ${n}) i;
    insert into deployment_targets (id, name, type, agent_id) select 'dt-' || i, 'target ' || i, 'file', 'a-' || i from generate_series(1, ${n}) i;
    insert into managed_certificates (id, name, common_name, issuer_id, owner_id, profile_id, expires_at)
      select 'c-' || i, E'certificate ''' || i || E'''\\n', 'host' || i || '.example.com', 'iss-' || (i % 4 + 1), 'o-' || i, 'p-' || (i % 5 + 1), now() + i * interval '1 minute'
      from generate_series(1, ${n}) i;
    update managed_certificates set status = 'Active' where id like '%7';
    insert into certificate_versions (certificate_id, serial_number, pem_chain) select id, md5(id), E'-----BEGIN\\n' || md5(id) from managed_certificates;
    insert into certificate_target_mappings (certificate_id, target_id) select 'c-' || i, 'dt-' || i from generate_series(1, ${n}) i;
    insert into jobs (id, type, certificate_id, agent_id, last_error) select 'j-' || i, 'renewal', 'c-' || i, 'a-' || i, repeat('\\', 3) from generate_series(1, ${n}) i;
    insert into notifications (certificate_id, channel) select id, 'email' from managed_certificates;
    insert into crl_cache (issuer_id, crl_der) select id, '\\x00ff' from issuers;
    insert into ocsp_response_cache (issuer_id, serial_number, response_der, next_update) select id, '1', '\\x00', now() from issuers;
    insert into ocsp_responders (issuer_id, certificate_pem, key_path, not_after) select id, 'pem', '/keys/' || id, now() from issuers;
    insert into api_keys (name, key_hash) select 'k-' || i, sha256(i::text::bytea) from generate_series(1, 20) i;
    insert into oidc_providers (id, issuer_url, client_id) select 'op-' || i, 'https://' || i, 'certctl' from generate_series(1, 3) i;
    insert into users (id, provider_id, subject) select 'u-' || i, 'op-' || (i % 3 + 1), 's-' || i from generate_series(1, ${n}) i;
    insert into session_signing_keys (key_material_encrypted) select decode(md5(i::text), 'hex') from generate_series(1, 3) i;
    insert into sessions (id, user_id, signing_key_id, expires_at) select 'se-' || i, 'u-' || i, (select max(id) from session_signing_keys), now() from generate_series(1, ${n}) i;
  `);
}

/** Certificates' texts of so many megabytes, which no compression makes small. */
export async function fillMegabytes(database: BackupDatabase, megabytes: number): Promise<void> {
  // 1024 bytes are the most that pgcrypto gives at a time; the condition makes it ask again for each row.
  await database.query(`
    insert into certificate_versions (certificate_id, serial_number, pem_chain)
      select 'c-1', 'bulk-' || i, (select string_agg(encode(gen_random_bytes(1024), 'base64'), '') from generate_series(1, 7) k where i > 0)
      from generate_series(1, ${String(megabytes * 105)}) i;
  `);
}
