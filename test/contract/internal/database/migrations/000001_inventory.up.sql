CREATE TABLE teams (
    id          text PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE owners (
    id          text PRIMARY KEY,
    name        text NOT NULL,
    email       text NOT NULL,
    team_id     text REFERENCES teams (id) ON DELETE SET NULL
);

CREATE TABLE renewal_policies (
    id                   text PRIMARY KEY,
    name                 text NOT NULL UNIQUE,
    renewal_window_days  integer NOT NULL CHECK (renewal_window_days > 0),
    auto_renew           boolean NOT NULL DEFAULT true
);

CREATE TABLE policy_rules (
    id        text PRIMARY KEY,
    name      text NOT NULL UNIQUE,
    type      text NOT NULL,
    enabled   boolean NOT NULL DEFAULT true
);

CREATE TABLE certificate_profiles (
    id               text PRIMARY KEY,
    name             text NOT NULL UNIQUE,
    max_ttl_seconds  integer NOT NULL DEFAULT 7776000,
    enabled          boolean NOT NULL DEFAULT true
);

-- source: env (written at first boot) or database (written over the API).
CREATE TABLE issuers (
    id                text PRIMARY KEY,
    name              text NOT NULL UNIQUE,
    type              text NOT NULL,
    config            jsonb NOT NULL DEFAULT '{}',
    encrypted_config  bytea,
    source            text NOT NULL CHECK (source IN ('env', 'database')),
    enabled           boolean NOT NULL DEFAULT true,
    created_at        timestamptz NOT NULL DEFAULT now()
);

-- The name stays taken when an agent is retired.
CREATE TABLE agents (
    id                 text PRIMARY KEY,
    name               text NOT NULL UNIQUE,
    hostname           text NOT NULL,
    status             text NOT NULL DEFAULT 'Online',
    api_key_hash       text NOT NULL DEFAULT '',
    registered_at      timestamptz NOT NULL DEFAULT now(),
    last_heartbeat_at  timestamptz,
    retired_at         timestamptz
);

CREATE TABLE deployment_targets (
    id                text PRIMARY KEY,
    name              text NOT NULL UNIQUE,
    type              text NOT NULL,
    agent_id          text REFERENCES agents (id),
    encrypted_config  bytea,
    source            text NOT NULL DEFAULT 'database' CHECK (source IN ('env', 'database')),
    enabled           boolean NOT NULL DEFAULT true
);
