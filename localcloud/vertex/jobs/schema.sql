-- The jobs and operations of the Vertex simulator. `record` is the whole job;
-- the other columns are what lists are filtered by and what a restart looks for.
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- order of creation
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    location TEXT NOT NULL,
    state TEXT NOT NULL,
    display_name TEXT NOT NULL,
    model_display_name TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    labels TEXT NOT NULL,
    ended INTEGER NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_by_place ON jobs (project, location, number);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (project, location, state, number);
CREATE INDEX IF NOT EXISTS jobs_alive ON jobs (ended) WHERE NOT ended;
CREATE TABLE IF NOT EXISTS operations (
    name TEXT PRIMARY KEY,
    record TEXT NOT NULL
);
