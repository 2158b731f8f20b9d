INSERT INTO renewal_policies (id, name, renewal_window_days) VALUES ('rp-default', 'Default', 30) ON CONFLICT DO NOTHING;

INSERT INTO policy_rules (id, name, type) VALUES
    ('pr-owner', 'Certificates have an owner', 'required_owner'),
    ('pr-lifetime', 'Lifetime is at most 398 days', 'max_lifetime'),
    ('pr-key', 'Keys are strong enough', 'min_key_strength'),
    ('pr-issuer', 'Issuers are enabled', 'allowed_issuers')
ON CONFLICT DO NOTHING;
