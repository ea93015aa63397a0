package dev.firn.manifest;

import java.util.ArrayList;
import java.util.List;

/// Changes that take effect together or not at all: one record of the manifest. Immutable.
///
/// They hold in their order, except that those to the tables of a keyspace hold at once, see
/// [Version#apply].
///
/// @param changes the changes; none is legal and changes nothing
public record VersionEdit(List<Change> changes) {
    /// Copies the list.
    public VersionEdit {
        changes = List.copyOf(changes);
    }

    /// An edit of the changes.
    public static VersionEdit of(Change... changes) {
        return new VersionEdit(List.of(changes));
    }

    /// An edit of these changes and one more.
    public VersionEdit with(Change change) {
        var more = new ArrayList<>(changes);
        more.add(change);
        return new VersionEdit(more);
    }
}
