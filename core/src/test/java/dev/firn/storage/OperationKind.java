package dev.firn.storage;

/// The kinds of calls on a [Storage] and its files that the test doubles count, announce and fail.
/// `createLog` is CREATE and then WRITE, `recycleLog` is RENAME, `openLog` is OPEN.
public enum OperationKind {
    CREATE, OPEN, READ, WRITE, FORCE, TRUNCATE, RENAME, DELETE, LIST, SYNC_DIRECTORY, LOCK
}
