CREATE TABLE crl_cache (
    issuer_id     text PRIMARY KEY REFERENCES issuers (id) ON DELETE CASCADE,
    crl_der       bytea NOT NULL,
    generated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ocsp_response_cache (
    issuer_id      text NOT NULL REFERENCES issuers (id) ON DELETE CASCADE,
    serial_number  text NOT NULL,
    response_der   bytea NOT NULL,
    next_update    timestamptz NOT NULL,
    PRIMARY KEY (issuer_id, serial_number)
);

CREATE TABLE ocsp_responders (
    issuer_id        text PRIMARY KEY REFERENCES issuers (id) ON DELETE CASCADE,
    certificate_pem  text NOT NULL,
    key_path         text NOT NULL,
    not_after        timestamptz NOT NULL
);
