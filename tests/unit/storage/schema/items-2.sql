-- items.db of version 2, as the first program with that version wrote it. Never changed: later programs must read it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE content (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
INSERT INTO "content" VALUES(1,X'756E6F');
INSERT INTO "content" VALUES(2,X'6576656E74');
INSERT INTO "content" VALUES(4,X'666F7572');
CREATE TABLE guid (
    writer INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    guid   TEXT NOT NULL,
    id     INTEGER NOT NULL,
    PRIMARY KEY (writer, kind, guid)
) WITHOUT ROWID;
INSERT INTO "guid" VALUES(1,1,'g4',4);
INSERT INTO "guid" VALUES(1,1,'g5',5);
CREATE TABLE item (
    kind     INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    alive    INTEGER NOT NULL,
    writer   INTEGER NOT NULL,
    creator  INTEGER NOT NULL,
    hash     INTEGER NOT NULL, meaning INTEGER,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
INSERT INTO "item" VALUES(1,1,7,2,1,0,0,-2698241889708568763,NULL);
INSERT INTO "item" VALUES(1,3,5,4,0,0,0,0,NULL);
INSERT INTO "item" VALUES(1,4,6,6,1,1,1,-1977959783661405013,5);
INSERT INTO "item" VALUES(2,2,3,3,1,0,0,-3128507235150288127,NULL);
CREATE TABLE peer (
    writer   INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    database TEXT NOT NULL,
    PRIMARY KEY (writer, kind)
) WITHOUT ROWID;
INSERT INTO "peer" VALUES(1,1,'server card');
CREATE TABLE staged (
    writer INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    data   BLOB NOT NULL,
    UNIQUE (writer, kind, id)
);
INSERT INTO "staged" VALUES(1,1,5,X'737461676564');
CREATE TABLE total (
    revision INTEGER NOT NULL,
    last_id  INTEGER NOT NULL,
    contacts INTEGER NOT NULL,
    events   INTEGER NOT NULL
, rules INTEGER NOT NULL DEFAULT 0);
INSERT INTO "total" VALUES(7,5,2,1,1);
CREATE TABLE writer (
    number  INTEGER PRIMARY KEY,
    profile TEXT NOT NULL UNIQUE
);
INSERT INTO "writer" VALUES(1,'p');
CREATE INDEX item_change ON item (kind, revision, writer, created, creator, alive);
CREATE INDEX item_equal ON item (kind, hash) WHERE alive;
CREATE INDEX item_meaning ON item (kind, meaning) WHERE alive;
PRAGMA user_version = 2;
COMMIT;
