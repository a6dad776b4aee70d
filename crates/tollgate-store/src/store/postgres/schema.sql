CREATE TABLE IF NOT EXISTS tollgate_meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- The format of the tables.
    format bigint NOT NULL,
    -- Which database it is: one that is made anew has other revisions.
    id text NOT NULL DEFAULT gen_random_uuid()::text,
    -- Commits that led to what is there.
    revision bigint NOT NULL DEFAULT 0,
    -- Removals up to this revision are not in the records any more.
    collected bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS tollgate_records (
    key text COLLATE "C" PRIMARY KEY,
    -- Its place in the order in which records were made.
    made bigint NOT NULL,
    -- The commit that wrote it last.
    revision bigint NOT NULL,
    -- JSON; NULL: it was removed.
    value text
);
CREATE INDEX IF NOT EXISTS tollgate_records_revision ON tollgate_records (revision);
CREATE TABLE IF NOT EXISTS tollgate_usage (
    plan_id text NOT NULL,
    key_id text NOT NULL,
    -- For each day its number, what was used on it and in its window, and what was granted, as JSON.
    days text NOT NULL,
    PRIMARY KEY (plan_id, key_id)
);
INSERT INTO tollgate_meta (format) VALUES (1) ON CONFLICT DO NOTHING;
