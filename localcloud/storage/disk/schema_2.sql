-- An event is kept for one recipient, a row for each. What an earlier version kept
-- was for the pipeline.
ALTER TABLE event ADD COLUMN recipient TEXT NOT NULL DEFAULT 'eventarc';

-- The generation that the event's own replaced, or was replaced by.
ALTER TABLE event ADD COLUMN counterpart INTEGER;

CREATE INDEX event_recipient ON event (recipient, id);

-- The first columns are those of `object`; `soft_deleted` is when it was deleted,
-- `hard_deleted` when it will be gone for good.
CREATE TABLE soft_deleted (
    bucket TEXT NOT NULL REFERENCES bucket (name) ON DELETE CASCADE,
    name BLOB NOT NULL,
    generation INTEGER NOT NULL,
    live INTEGER NOT NULL,
    metageneration INTEGER NOT NULL,
    content TEXT NOT NULL,
    size INTEGER NOT NULL,
    md5 TEXT,
    crc32c TEXT NOT NULL,
    components INTEGER,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    class_updated TEXT NOT NULL,
    deleted TEXT,
    settings TEXT NOT NULL,
    soft_deleted TEXT NOT NULL,
    hard_deleted TEXT NOT NULL,
    PRIMARY KEY (bucket, name, generation)
) STRICT, WITHOUT ROWID;

CREATE INDEX soft_deleted_content ON soft_deleted (content);

CREATE INDEX soft_deleted_end ON soft_deleted (hard_deleted);

CREATE TABLE notification (
    bucket TEXT NOT NULL REFERENCES bucket (name) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (bucket, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    bucket TEXT PRIMARY KEY REFERENCES bucket (name) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
