-- profiles.db of version 1, as the first program with that version wrote it. Never changed: later programs must read it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE profile (
    place                   INTEGER PRIMARY KEY AUTOINCREMENT,
    id                      TEXT NOT NULL UNIQUE,
    owner                   INTEGER NOT NULL,
    name                    TEXT NOT NULL,
    url                     TEXT NOT NULL,
    mode                    TEXT NOT NULL,
    type                    TEXT NOT NULL,
    interval                TEXT NOT NULL,
    sealed_credentials      BLOB NOT NULL,
    allow_plain_credentials INTEGER NOT NULL,
    ca_file                 TEXT NOT NULL,
    settings                TEXT NOT NULL,
    last_end                INTEGER NOT NULL,
    next_due                INTEGER NOT NULL
);
INSERT INTO profile VALUES(1,'one',1000,'Home','https://sync.example.net/ds','PERIODIC','TWO_WAY','1_DAY',X'626f78',1,'/etc/ca.pem','{}',5,6);
CREATE TABLE service (
    profile            TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    place              INTEGER NOT NULL,
    type               TEXT NOT NULL,
    uri                TEXT NOT NULL,
    enabled            INTEGER NOT NULL,
    sealed_credentials BLOB NOT NULL,
    PRIMARY KEY (profile, place)
) WITHOUT ROWID;
INSERT INTO service VALUES('one',0,'CONTACT','card',1,X'');
INSERT INTO service VALUES('one',1,'EVENT','cal',0,X'626f78');
CREATE TABLE last_session (number INTEGER NOT NULL);
INSERT INTO last_session VALUES(2);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('profile',1);
PRAGMA user_version = 1;
COMMIT;
