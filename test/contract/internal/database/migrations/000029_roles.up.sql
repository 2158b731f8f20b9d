CREATE TABLE roles (
    id           text PRIMARY KEY,
    name         text NOT NULL UNIQUE,
    description  text NOT NULL DEFAULT ''
);

CREATE TABLE permissions (
    name  text PRIMARY KEY
);

CREATE TABLE role_permissions (
    role_id     text NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    permission  text NOT NULL REFERENCES permissions (name),
    PRIMARY KEY (role_id, permission)
);

-- scope is part of the key, and NULL differs from NULL: every grant adds a row (facts: roles-come-back).
CREATE TABLE actor_roles (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor_id    text NOT NULL,
    actor_type  text NOT NULL,
    role_id     text NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    scope       text,
    granted_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, actor_type, role_id, scope)
);

CREATE TABLE api_keys (
    name        text PRIMARY KEY,
    key_hash    bytea NOT NULL,
    admin       boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now()
);

INSERT INTO permissions (name) VALUES
    ('agent.read'), ('agent.edit'), ('agent.retire'), ('agent.heartbeat'),
    ('agent.job.poll'), ('agent.job.complete'), ('agent.job.report'),
    ('audit.read'), ('audit.export'), ('auth.key.list'), ('auth.role.assign'), ('auth.role.list'), ('auth.role.create'),
    ('cert.read'), ('cert.edit'), ('discovery.run'), ('issuer.read'), ('issuer.edit'),
    ('metrics.read'), ('target.read'), ('target.edit'), ('verification.run');

INSERT INTO roles (id, name) VALUES
    ('r-admin', 'admin'), ('r-operator', 'operator'), ('r-cli', 'cli'), ('r-viewer', 'viewer'),
    ('r-mcp', 'mcp'), ('r-auditor', 'auditor'), ('r-agent', 'agent');

-- (facts: keys-and-roles)
INSERT INTO role_permissions (role_id, permission)
    SELECT 'r-admin', name FROM permissions
    UNION ALL
    SELECT role, permission
    FROM unnest(ARRAY['r-operator', 'r-cli']) AS role,
         unnest(ARRAY['agent.read', 'agent.edit', 'cert.read', 'cert.edit', 'issuer.read', 'issuer.edit', 'metrics.read',
                      'target.read', 'target.edit', 'verification.run', 'discovery.run']) AS permission
    UNION ALL
    SELECT role, permission
    FROM unnest(ARRAY['r-viewer', 'r-mcp']) AS role,
         unnest(ARRAY['agent.read', 'cert.read', 'issuer.read', 'metrics.read', 'target.read']) AS permission
    UNION ALL
    SELECT 'r-auditor', unnest(ARRAY['audit.read', 'audit.export'])
    UNION ALL
    SELECT 'r-agent', unnest(ARRAY['cert.read', 'agent.heartbeat', 'agent.job.poll', 'agent.job.complete', 'agent.job.report', 'discovery.run']);

-- The demo actor holds admin in every installation until it is cleaned up (facts: the-demo-actor).
INSERT INTO actor_roles (actor_id, actor_type, role_id) VALUES ('actor-demo-anon', 'Anonymous', 'r-admin');
