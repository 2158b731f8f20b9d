-- timestamp is the start of the transaction: under load it does not follow the order in which rows are
-- chained (facts: audit-events).
CREATE TABLE audit_events (
    id             text PRIMARY KEY,
    timestamp      timestamptz NOT NULL DEFAULT now(),
    actor          text NOT NULL,
    action         text NOT NULL,
    resource       text NOT NULL DEFAULT '',
    details        jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_events_by_time ON audit_events (timestamp DESC);
