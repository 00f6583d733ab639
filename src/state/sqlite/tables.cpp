#include "state/sqlite/tables.hpp"

namespace state::sqlite {

// Rows of a resource are clustered by address: a snapshot reads them in order, without an index.
// Each table belongs to a scope, the environment: several share a file, and so one backup and one
// lock for a restore. STRICT, as a column that takes anything would hide damage. WITHOUT ROWID
// where the key is what is looked for: the row is found in one tree instead of two.
static constexpr store::Migration kMigrations[] = {
    {1, R"sql(
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE scope (
    id          INTEGER PRIMARY KEY,
    tenant      TEXT NOT NULL,
    workspace   TEXT NOT NULL,
    environment TEXT NOT NULL,
    checksum    INTEGER NOT NULL,
    rows        INTEGER NOT NULL DEFAULT 0,
    row_sum     INTEGER NOT NULL DEFAULT 0,
    intents     INTEGER NOT NULL DEFAULT 0,
    intent_sum  INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant, workspace, environment)
) STRICT;

CREATE TABLE type (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE connection (
    id       INTEGER PRIMARY KEY,
    address  TEXT NOT NULL,
    provider TEXT NOT NULL,
    identity TEXT NOT NULL,
    settings BLOB NOT NULL
) STRICT;

CREATE TABLE run (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT NOT NULL UNIQUE,
    scope     INTEGER NOT NULL REFERENCES scope,
    epoch     INTEGER NOT NULL,
    command   TEXT NOT NULL,
    pid       INTEGER NOT NULL,
    host      TEXT NOT NULL,
    user      TEXT NOT NULL,
    boot      TEXT NOT NULL,
    started   INTEGER NOT NULL,
    ended     INTEGER,
    status    INTEGER NOT NULL,
    refreshed INTEGER NOT NULL,
    summary   TEXT NOT NULL,
    plan_id   TEXT,
    plan      BLOB
) STRICT;
CREATE UNIQUE INDEX run_plan ON run (scope, plan_id) WHERE plan_id IS NOT NULL;

CREATE TABLE resource (
    scope        INTEGER NOT NULL,
    address      TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    type         INTEGER NOT NULL,
    connection   INTEGER NOT NULL,
    key          TEXT NOT NULL,
    token        TEXT,
    inputs       BLOB,
    outputs      BLOB,
    lifecycle    BLOB,
    dependencies BLOB,
    complete     INTEGER NOT NULL,
    run          INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    checksum     INTEGER NOT NULL,
    PRIMARY KEY (scope, address, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE resource_history (
    scope        INTEGER NOT NULL,
    address      TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    type         INTEGER NOT NULL,
    connection   INTEGER NOT NULL,
    key          TEXT NOT NULL,
    token        TEXT,
    inputs       BLOB,
    outputs      BLOB,
    lifecycle    BLOB,
    dependencies BLOB,
    complete     INTEGER NOT NULL,
    run          INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    checksum     INTEGER NOT NULL,
    by_run       INTEGER NOT NULL,
    by_sequence  INTEGER NOT NULL,
    removed      INTEGER NOT NULL,
    PRIMARY KEY (scope, address, generation, by_run, by_sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE intent (
    token            TEXT PRIMARY KEY,
    scope            INTEGER NOT NULL,
    run              INTEGER NOT NULL REFERENCES run,
    address          TEXT NOT NULL,
    generation       INTEGER NOT NULL,
    action           INTEGER NOT NULL,
    phase            TEXT NOT NULL,
    handle           TEXT NOT NULL,
    type             INTEGER NOT NULL,
    connection       INTEGER NOT NULL,
    key              TEXT NOT NULL,
    inputs           BLOB,
    prior            BLOB,
    prior_outputs    BLOB,
    lifecycle        BLOB,
    dependencies     BLOB,
    flags            INTEGER NOT NULL,
    call_deadline_ms INTEGER NOT NULL,
    effect_lag_ms    INTEGER NOT NULL,
    checksum         INTEGER NOT NULL,
    opened           INTEGER NOT NULL,
    closed           INTEGER,
    outcome          INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX intent_open ON intent (scope, address, generation) WHERE closed IS NULL;

CREATE TABLE step (
    run        INTEGER NOT NULL REFERENCES run,
    number     INTEGER NOT NULL,
    address    TEXT NOT NULL,
    generation INTEGER NOT NULL,
    action     INTEGER NOT NULL,
    outcome    INTEGER NOT NULL,
    message    TEXT NOT NULL,
    started    INTEGER NOT NULL,
    ended      INTEGER NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE lease (
    scope   INTEGER NOT NULL,
    address TEXT NOT NULL,
    run     INTEGER NOT NULL REFERENCES run,
    PRIMARY KEY (scope, address)
) STRICT, WITHOUT ROWID;
)sql"},
    // Runs are pruned, and rows and history outlive theirs: the epoch of a run, and the newest
    // generation of an address that has no row, are kept apart from what is pruned.
    {2, R"sql(
CREATE TABLE epoch (
    first_run INTEGER PRIMARY KEY,
    epoch     INTEGER NOT NULL
) STRICT;
INSERT INTO epoch SELECT min(number), epoch FROM run GROUP BY epoch;
INSERT OR IGNORE INTO epoch
    SELECT max((SELECT coalesce(max(number), 0) FROM run),
               (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'run')) + 1, value
    FROM meta WHERE name = 'epoch' AND value NOT IN (SELECT epoch FROM run);

CREATE TABLE past_generation (
    scope      INTEGER NOT NULL,
    address    TEXT NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (scope, address)
) STRICT, WITHOUT ROWID;
INSERT INTO past_generation
    SELECT scope, address, max(generation) FROM resource_history WHERE removed = 1
    GROUP BY scope, address;
DELETE FROM past_generation WHERE generation <=
    (SELECT max(generation) FROM resource WHERE resource.scope = past_generation.scope
     AND resource.address = past_generation.address);

ALTER TABLE scope ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
UPDATE scope SET records =
    (SELECT count(*) FROM resource_history WHERE resource_history.scope = scope.id) +
    (SELECT count(*) FROM step JOIN run ON run.number = step.run WHERE run.scope = scope.id);
ALTER TABLE run ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;

CREATE INDEX resource_history_by_run ON resource_history (scope, by_run);
CREATE INDEX intent_run ON intent (run);
CREATE INDEX run_by_age ON run (scope, started);
)sql"},
    // Each row tells that it was written with the workspace's key, and the scope what there is,
    // sealed. The values are computed by `format.cpp`, which drops the sums that were there before.
    {3, R"sql(
ALTER TABLE connection ADD COLUMN mac INTEGER;
ALTER TABLE resource ADD COLUMN mac INTEGER;
ALTER TABLE resource_history ADD COLUMN mac INTEGER;
ALTER TABLE intent ADD COLUMN mac INTEGER;
ALTER TABLE scope ADD COLUMN totals BLOB;
)sql"},
    // Since when a run is over, by the clock that counts from the start of a machine.
    {4, R"sql(
ALTER TABLE run ADD COLUMN over_boot TEXT;
ALTER TABLE run ADD COLUMN over_at INTEGER;
)sql"},
};

std::span<const store::Migration> migrations() { return kMigrations; }

}
