package dev.firn.manifest;

/// An edit does not fit the state it is applied to; nothing was changed.
///
/// From a running engine it means that what the edit was planned on has gone meanwhile (a table was
/// removed, a keyspace dropped); from a manifest being loaded, that the manifest is damaged.
public final class InvalidEditException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidEditException(String message) {
        super("edit does not fit: " + message);
    }
}
