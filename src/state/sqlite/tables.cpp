#include "state/sqlite/tables.hpp"

namespace state {

// Rows of a resource are clustered by address: a snapshot reads them in order, without an index.
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
};

std::span<const store::Migration> migrations() { return kMigrations; }

}
