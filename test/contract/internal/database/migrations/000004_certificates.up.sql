CREATE TABLE managed_certificates (
    id                  text PRIMARY KEY,
    name                text NOT NULL UNIQUE,
    common_name         text NOT NULL,
    issuer_id           text NOT NULL REFERENCES issuers (id),
    owner_id            text REFERENCES owners (id),
    renewal_policy_id   text NOT NULL DEFAULT 'rp-default' REFERENCES renewal_policies (id),
    profile_id          text REFERENCES certificate_profiles (id),
    status              text NOT NULL DEFAULT 'Pending',
    expires_at          timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER managed_certificates_updated_at BEFORE UPDATE ON managed_certificates
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE certificate_versions (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certificate_id  text NOT NULL REFERENCES managed_certificates (id) ON DELETE CASCADE,
    serial_number   text NOT NULL,
    pem_chain       text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE certificate_target_mappings (
    certificate_id  text NOT NULL REFERENCES managed_certificates (id) ON DELETE CASCADE,
    target_id       text NOT NULL REFERENCES deployment_targets (id) ON DELETE CASCADE,
    PRIMARY KEY (certificate_id, target_id)
);

CREATE TABLE jobs (
    id              text PRIMARY KEY,
    type            text NOT NULL,
    status          text NOT NULL DEFAULT 'Pending',
    certificate_id  text NOT NULL REFERENCES managed_certificates (id) ON DELETE CASCADE,
    agent_id        text REFERENCES agents (id),
    last_error      text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX jobs_by_agent ON jobs (agent_id, status);

CREATE TABLE notifications (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certificate_id  text REFERENCES managed_certificates (id) ON DELETE CASCADE,
    channel         text NOT NULL,
    status          text NOT NULL DEFAULT 'pending',
    created_at      timestamptz NOT NULL DEFAULT now()
);
