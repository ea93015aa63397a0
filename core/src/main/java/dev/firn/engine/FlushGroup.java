package dev.firn.engine;

import java.util.List;

/// Memtables that were frozen at one sequence and become tables by one edit.
///
/// @param members keyspaces with the frozen memtable of each
record FlushGroup(List<Member> members) {
    /// A frozen memtable of a keyspace.
    record Member(StoreKeyspace keyspace, LiveMemtable memtable) {}

    /// Bytes of memory.
    long bytes() {
        long bytes = 0;
        for (Member member : members) {
            bytes += member.memtable.takenBytes();
        }
        return bytes;
    }
}
