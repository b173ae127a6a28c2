-- state.db of version 1, as the first program with that version wrote it. Never changed: later programs must read it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE peer (
    identity    TEXT NOT NULL,
    nonce       TEXT NOT NULL,
    info        TEXT NOT NULL,
    devinf_hash TEXT NOT NULL
);
INSERT INTO peer VALUES('server','bm9uY2U=','{}','hash');
CREATE TABLE service (
    service   TEXT PRIMARY KEY,
    uri       TEXT NOT NULL,
    own_last  TEXT NOT NULL,
    peer_last TEXT NOT NULL,
    mark      INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO service VALUES('CONTACT','card','c1','s1',7);
CREATE TABLE sent (
    service  TEXT NOT NULL,
    luid     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    PRIMARY KEY (service, luid)
) WITHOUT ROWID;
INSERT INTO sent VALUES('CONTACT','1',6,0);
INSERT INTO sent VALUES('CONTACT','2',8,1);
CREATE TABLE session (
    number         INTEGER PRIMARY KEY,
    trigger        TEXT NOT NULL,
    started        INTEGER NOT NULL,
    ended          INTEGER NOT NULL,
    outcome        TEXT NOT NULL,
    error_name     TEXT NOT NULL,
    error_message  TEXT NOT NULL,
    bytes_sent     INTEGER NOT NULL,
    bytes_received INTEGER NOT NULL,
    round_trips    INTEGER NOT NULL
);
INSERT INTO session VALUES(3,'user',100,200,'COMPLETED','','',1,2,3);
INSERT INTO session VALUES(4,'user',300,0,'','','',0,0,0);
CREATE TABLE note (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (session, place)
) WITHOUT ROWID;
INSERT INTO note VALUES(3,0,'slow sync');
CREATE TABLE service_record (
    session       INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    place         INTEGER NOT NULL,
    service       TEXT NOT NULL,
    status        TEXT NOT NULL,
    type          TEXT NOT NULL,
    time          INTEGER NOT NULL,
    error_name    TEXT NOT NULL,
    error_message TEXT NOT NULL,
    from_total    INTEGER NOT NULL,
    from_added    INTEGER NOT NULL,
    from_updated  INTEGER NOT NULL,
    from_removed  INTEGER NOT NULL,
    from_failed   INTEGER NOT NULL,
    to_total      INTEGER NOT NULL,
    to_added      INTEGER NOT NULL,
    to_updated    INTEGER NOT NULL,
    to_removed    INTEGER NOT NULL,
    to_failed     INTEGER NOT NULL,
    PRIMARY KEY (session, place)
) WITHOUT ROWID;
INSERT INTO service_record VALUES(3,0,'CONTACT','SUCCESS','SLOW',190,'','',1,2,3,4,5,6,7,8,9,10);
INSERT INTO service_record VALUES(4,0,'CONTACT','SUCCESS','SLOW',190,'','',1,2,3,4,5,6,7,8,9,10);
CREATE INDEX service_record_last ON service_record (service, session);
PRAGMA user_version = 1;
COMMIT;
