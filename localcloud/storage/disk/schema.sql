-- Names of objects are BLOBs: SQLite then orders them by their UTF-8 bytes, as
-- Cloud Storage does, and a prefix's end is a value.

CREATE TABLE bucket (
    name TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    generation INTEGER NOT NULL,
    metageneration INTEGER NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE object (
    bucket TEXT NOT NULL REFERENCES bucket (name),
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
    PRIMARY KEY (bucket, name, generation)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX object_live ON object (bucket, name) WHERE live = 1;

-- Copies share their content file.
CREATE INDEX object_content ON object (content);

CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    started TEXT NOT NULL,
    state TEXT NOT NULL,
    bucket TEXT NOT NULL,
    name BLOB NOT NULL,
    settings TEXT NOT NULL,
    preconditions TEXT NOT NULL,
    checksums TEXT NOT NULL,
    total INTEGER,
    resource TEXT
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a forgotten event's id is never given to another.
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    bucket TEXT NOT NULL,
    time TEXT NOT NULL,
    resource TEXT NOT NULL
) STRICT;

CREATE TABLE latest (
    generation INTEGER NOT NULL
) STRICT;

INSERT INTO latest VALUES (0);
