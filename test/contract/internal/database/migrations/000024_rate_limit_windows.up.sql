CREATE TABLE rate_limit_windows (
    bucket      text NOT NULL,
    key         text NOT NULL,
    started_at  timestamptz NOT NULL,
    hits        integer NOT NULL DEFAULT 0,
    PRIMARY KEY (bucket, key)
);
