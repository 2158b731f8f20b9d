CREATE TABLE oidc_providers (
    id                       text PRIMARY KEY,
    issuer_url               text NOT NULL,
    client_id                text NOT NULL,
    client_secret_encrypted  bytea
);

-- NULLS NOT DISTINCT is what needs PostgreSQL 15 (facts: database).
CREATE TABLE users (
    id           text PRIMARY KEY,
    provider_id  text REFERENCES oidc_providers (id) ON DELETE SET NULL,
    subject      text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (provider_id, subject)
);

CREATE TABLE session_signing_keys (
    id                      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_material_encrypted  bytea NOT NULL,
    active                  boolean NOT NULL DEFAULT true,
    created_at              timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    id              text PRIMARY KEY,
    user_id         text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    signing_key_id  bigint NOT NULL REFERENCES session_signing_keys (id),
    expires_at      timestamptz NOT NULL
);
