-- Pub/Sub's state. `seq` is the message id: it begins at the microsecond in which
-- the folder was made, so that ids differ from folder to folder, as the service's
-- differ from topic to topic.

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE topic (
    name TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;

-- Ids are never used twice: an ack id names one, and must not fit a subscription
-- that was made later under the same name.
CREATE TABLE subscription (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
);

-- A message stays while a delivery points to it, or its topic retains it.
CREATE TABLE message (
    seq INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    published INTEGER NOT NULL, -- microseconds
    retained_until INTEGER NOT NULL, -- microseconds; 0 if the topic retains nothing
    body BLOB NOT NULL
);
CREATE INDEX message_by_topic ON message (topic, published);

-- One row for each copy that a subscription has still to deliver, or retains.
CREATE TABLE delivery (
    subscription INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    size INTEGER NOT NULL,
    ordering_key TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    acked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (subscription, seq)
) WITHOUT ROWID;
CREATE INDEX delivery_by_message ON delivery (seq);

-- Who may do what with a topic or a subscription: kept and shown, not enforced.
CREATE TABLE policy (
    resource TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;
