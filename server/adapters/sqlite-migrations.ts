// Forward only: a released entry is never edited, the next change is appended. user_version counts those applied.
// Columns ending in _at hold milliseconds since 1970; `sealed` holds what sealed-box.ts made.

export const migrations: readonly string[] = [
  `
  CREATE TABLE changes (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL) STRICT;
  INSERT INTO changes VALUES (1, 0);

  CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    environment TEXT NOT NULL,
    revision INTEGER NOT NULL,
    token_version INTEGER,
    token_started_at INTEGER,
    token_issued_at INTEGER,
    token_verified_at INTEGER,
    token_stored_at INTEGER,
    success_at INTEGER,
    success_call TEXT,
    failure TEXT,
    consecutive_failures INTEGER NOT NULL,
    ended_at INTEGER,
    ended_reason TEXT,
    pin_fingerprint TEXT,
    pin_accounts TEXT,
    pin_at INTEGER,
    changed INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tokens (
    connection_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (connection_id, version)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pending_authorizations (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    facts TEXT NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;

  CREATE TABLE claims (claim TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    notice TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'dropped')),
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    sent_at INTEGER,
    text TEXT
  ) STRICT;
  CREATE INDEX messages_undelivered ON messages (next_attempt_at) WHERE state IN ('waiting', 'sending');

  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    connection_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    environment TEXT NOT NULL,
    secret_version INTEGER,
    issued_at INTEGER,
    expires_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dropped')),
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    settled_at INTEGER
  ) STRICT;
  CREATE INDEX events_undelivered ON events (sequence) WHERE state = 'waiting';
  CREATE INDEX events_of_version ON events (connection_id, secret_version);

  CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    connection_id TEXT,
    text TEXT NOT NULL
  ) STRICT;

  CREATE TABLE confirmations (
    connection_id TEXT NOT NULL,
    consumer TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, consumer)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    instance TEXT NOT NULL,
    pid INTEGER NOT NULL,
    place TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE handoffs (digest TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE runs (kind TEXT PRIMARY KEY, at INTEGER NOT NULL, ok INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE connections ADD COLUMN token_access_expires_at INTEGER;
  `,
  // Every session from before belongs to nobody: who is there signs in again.
  `
  ALTER TABLE connections ADD COLUMN name TEXT;
  ALTER TABLE connections ADD COLUMN owner_id TEXT NOT NULL DEFAULT 'owner';
  ALTER TABLE connections ADD COLUMN shared_with TEXT NOT NULL DEFAULT '[]';

  CREATE TABLE people (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE api_tokens (id TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;

  DROP TABLE handoffs;
  DROP TABLE sessions;
  CREATE TABLE one_times (
    purpose TEXT NOT NULL,
    digest TEXT NOT NULL,
    facts TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (purpose, digest)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    facts TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE messages ADD COLUMN to_person TEXT NOT NULL DEFAULT 'owner';
  ALTER TABLE messages ADD COLUMN passage TEXT;
  ALTER TABLE messages ADD COLUMN shown TEXT;
  CREATE INDEX messages_standing ON messages (id) WHERE shown IS NOT NULL;
  `,
  // The journal is added to and nothing else. What is in it already stays from before the chain, without a hash.
  `
  ALTER TABLE journal ADD COLUMN by_person TEXT;
  ALTER TABLE journal ADD COLUMN by_name TEXT;
  ALTER TABLE journal ADD COLUMN by_door TEXT;
  ALTER TABLE journal ADD COLUMN hash BLOB;

  CREATE TABLE journal_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    seal BLOB NOT NULL
  ) STRICT;

  CREATE TRIGGER journal_unchanged BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'The journal is append-only.'); END;
  CREATE TRIGGER journal_undeleted BEFORE DELETE ON journal
  BEGIN SELECT RAISE(ABORT, 'The journal is append-only.'); END;
  CREATE TRIGGER journal_unreplaced BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'The journal is append-only.'); END;
  `,
  `
  ALTER TABLE connections ADD COLUMN keys_masked TEXT;
  ALTER TABLE connections ADD COLUMN keys_at INTEGER;
  ALTER TABLE connections ADD COLUMN removed_at INTEGER;

  CREATE TABLE broker_keys (connection_id TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE drills (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, revision INTEGER NOT NULL, facts TEXT NOT NULL) STRICT;
  `,
];
