package dev.firn;

import dev.firn.testkit.Change;
import java.util.regex.Pattern;

/// What goes wrong when threads meet, and what they must give back.
enum ThreadBug implements Bug {
    /// A node shows a child that is not there yet.
    COUNT_BEFORE_CHILD(
            Proof.MEMTABLE,
            "IllegalStateException: Already closed",
            Change.of(
                    "memtable/NodeWriter.java",
                    """
                            s.set(Node.INT, node + Node.linearChildren(Node.capacity(head)) + 4L * count, child);
                            s.set(ValueLayout.JAVA_BYTE, node + Node.KEYS + count, (byte) key);
                            Node.INTS.setRelease(s, node + Node.HEAD, head + 1);
                            """,
                    """
                            Node.INTS.setRelease(s, node + Node.HEAD, head + 1);
                            s.set(Node.INT, node + Node.linearChildren(Node.capacity(head)) + 4L * count, child);
                            s.set(ValueLayout.JAVA_BYTE, node + Node.KEYS + count, (byte) key);
                            """)),

    /// A node with an index shows a child that is not there yet.
    INDEX_BEFORE_CHILD(
            Proof.MEMTABLE,
            "IllegalStateException: Already closed",
            Change.of(
                    "memtable/NodeWriter.java",
                    """
                            s.set(Node.INT, node + Node.INDEXED_CHILDREN + 4L * count, child);
                            s.set(Node.INT, node + Node.HEAD, head + 1);
                            Node.BYTES.setRelease(s, node + Node.KEYS + (key & 0xff), (byte) (count + 1));
                            """,
                    """
                            Node.BYTES.setRelease(s, node + Node.KEYS + (key & 0xff), (byte) (count + 1));
                            s.set(Node.INT, node + Node.INDEXED_CHILDREN + 4L * count, child);
                            s.set(Node.INT, node + Node.HEAD, head + 1);
                            """)),

    /// A new node takes the place of what will be below it before it leads there.
    NODE_BEFORE_CHILDREN(
            Proof.MEMTABLE,
            "not linearizable",
            Change.of(
                    "memtable/TreeWriter.java",
                    "MemorySegment s = arena.memory(sample); long other = arena.offset(sample);",
                    """
                            publish(node);
                            MemorySegment s = arena.memory(sample);
                            long other = arena.offset(sample);
                            """)),

    /// A new version hides the older ones before it leads to them.
    VERSION_BEFORE_CONTENT(
            Proof.MEMTABLE,
            "IllegalStateException: Already closed",
            Change.of(
                    "memtable/TreeWriter.java",
                    "versions.write(s, to, versions.newest(leaf), trailer, valueLength);",
                    """
                            int newest = versions.newest(leaf);
                            Node.INTS.setRelease(arena.memory(leaf), arena.offset(leaf) + Leaf.NEWEST, version);
                            versions.write(s, to, newest, trailer, valueLength);
                            """)),

    /// What is visible is asked before the view is held: a merge in between drops the version that
    /// the older sequence sees.
    SEQUENCE_BEFORE_VIEW(
            Proof.STEPS,
            "[lost]",
            Change.of(
                    "engine/StoreKeyspace.java",
                    """
                            ReadView now = enteredView();
                            dev.firn.testkit.Between.steps();
                            long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                            try {
                            """,
                    """
                            long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                            dev.firn.testkit.Between.steps();
                            ReadView now = enteredView();
                            try {
                            """)),

    /// A read of several keys asks what is visible before it holds the view.
    SEQUENCE_BEFORE_VIEW_OF_MANY(
            Proof.STEPS,
            "[lost]",
            Change.of(
                    "engine/StoreKeyspace.java",
                    """
                            ReadView now = enteredView();
                            dev.firn.testkit.Between.steps();
                            long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                            ValueTarget
                            """,
                    """
                            long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                            dev.firn.testkit.Between.steps();
                            ReadView now = enteredView();
                            ValueTarget
                            """)),

    /// A snapshot or cursor asks what is visible and registers later: a merge in between knows
    /// nothing of it.
    SNAPSHOT_AFTER_LISTING(
            Proof.STEPS,
            "[lost]",
            Change.of(
                    "engine/Snapshots.java",
                    """
                            dev.firn.testkit.Between.steps();
                            lock.lock();
                            try {
                                Pin pin = new Pin(visible.getAsLong(), scan, now, place);
                            """,
                    """
                            long sequence = visible.getAsLong();
                            dev.firn.testkit.Between.steps();
                            lock.lock();
                            try {
                                Pin pin = new Pin(sequence, scan, now, place);
                            """)),

    /// A write is visible before it is in the memtable.
    PUBLISHED_BEFORE_INSERTED(
            Proof.STEPS,
            "[half a write]",
            Change.of(
                    "engine/CommitPipeline.java",
                    """
                            long assigned = sequence + 1;
                            dev.firn.testkit.Between.steps();
                            insert(
                            """,
                    """
                            long assigned = sequence + 1;
                            VISIBLE.setRelease(this, assigned);
                            dev.firn.testkit.Between.steps();
                            insert(
                            """)),

    /// A batch is visible when its first entry is in the memtable.
    BATCH_PUBLISHED_ENTRY_BY_ENTRY(
            Proof.STEPS,
            "[half a write]",
            Change.of(
                    "engine/CommitPipeline.java",
                    "figures.put(batch.keyLength(i) + batch.valueLength(i));",
                    """
                            figures.put(batch.keyLength(i) + batch.valueLength(i));
                            VISIBLE.setRelease(this, sequence + 1 + i);
                            """)),

    /// A batch is visible when its first entry is in the memtable; without anything put between:
    /// threads have to find it.
    BATCH_PUBLISHED_SLOWLY(
            Proof.PIPELINE,
            "Invalid execution results",
            Change.of(
                    "engine/CommitPipeline.java",
                    "figures.put(batch.keyLength(i) + batch.valueLength(i));",
                    """
                            figures.put(batch.keyLength(i) + batch.valueLength(i));
                            VISIBLE.setRelease(this, sequence + 1 + i);
                            for (int patience = 0; patience < 20_000; patience++) {
                                Thread.onSpinWait();
                            }
                            """)),

    /// What the pool gives up is released in the budget, but stays allocated.
    CHUNKS_NOT_FREED(
            Proof.RESIDENT,
            "NOT bounded",
            Change.of(
                    "util/ChunkPool.java",
                    "park(chunk); budget.release(Use.POOL, size);",
                    "budget.release(Use.POOL, size);")),

    /// What a view held is freed while reads are under way: threads that read have to find it.
    VIEW_FREED_UNDER_READERS(
            Proof.READERS,
            "unexpected error: java.lang.",
            Change.of("engine/ReadContexts.java", "if ((mark & 1) != 0) {", "if (mark < 0) {")),

    /// A waiter is woken before it can see why, and sleeps on.
    WAKE_UP_LOST(
            Proof.WAITING,
            "TimeoutException",
            Change.of(
                    "record/GroupSync.java",
                    "state = next; LockSupport.unpark(thread);",
                    """
                            LockSupport.unpark(thread);
                            while (thread.getState() != Thread.State.WAITING) {
                                Thread.onSpinWait();
                            }
                            LockSupport.parkNanos(100_000_000);
                            state = next;
                            """)),

    /// The end of any force is taken for the end of one's own.
    ACKNOWLEDGED_BY_ANY_FORCE(
            Proof.GROUP_SYNC,
            "acknowledged early",
            Change.of("record/GroupSync.java", "while (synced.getAcquire() < lsn) {",
                    "if (synced.getAcquire() < lsn) {"),
            Change.of("record/GroupSync.java", "served = take(false, reached);",
                    "served = take(true, reached);")),

    /// Readers see a batch grow: threads that read whole stores have to find it.
    BATCH_SEEN_BY_READERS(
            Proof.READERS,
            "not a prefix: ",
            Change.of(
                    "engine/CommitPipeline.java",
                    "figures.put(batch.keyLength(i) + batch.valueLength(i));",
                    """
                            figures.put(batch.keyLength(i) + batch.valueLength(i));
                            VISIBLE.setRelease(this, sequence + 1 + i);
                            """)),

    /// Files are used through channels that an interrupt closes.
    FILES_CLOSED_BY_INTERRUPTS(
            Proof.STORM,
            "of an interrupted thread",
            Change.all("storage/DiskFile.java", Pattern.compile("AsynchronousFileChannel"),
                    "FileChannel"),
            Change.of("storage/DiskFile.java", ".open(path, options, CALLER_RUNS, attributes)",
                    ".open(path, options, attributes)"),
            Change.all("storage/DiskFile.java", Pattern.compile("finish\\((channel\\.[^;]*)\\);"),
                    "$1;")),

    /// A wait in the background's favour loses the interrupt.
    INTERRUPT_SWALLOWED(
            Proof.STORM,
            "swallows an interrupt",
            Change.of("engine/Gate.java",
                    "if (interrupted) { Thread.currentThread().interrupt(); }", "")),

    /// An interrupt ends a wait.
    INTERRUPT_ENDS_WAIT(
            Proof.STORM,
            "of an interrupted thread",
            Change.of(
                    "engine/Gate.java",
                    "catch (InterruptedException e) { interrupted = true; }",
                    "catch (InterruptedException e) { interrupted = true; return false; }")),

    /// Who closes the last cursor of a dropped keyspace takes what it read, also when the closing
    /// store would free it.
    LAST_VIEW_LOST(
            Proof.CLOSING,
            "expected: 0L",
            Change.of("engine/Store.java", "isClosed() ? null : keyspace.takeLastView();",
                    "keyspace.takeLastView();"),
            Change.of(
                    "engine/Store.java",
                    "parts.reaper().retire(() -> parts.versions().release(last));",
                    """
                            if (!isClosed()) {
                                parts.reaper().retire(() -> parts.versions().release(last));
                            }
                            """)),

    /// Reads that are under way are not waited for: model checking has to find it.
    VIEW_NOT_PINNED(
            Proof.VIEWS,
            "Invalid execution results",
            Change.of("engine/ReadContexts.java", "if ((mark & 1) != 0) {", "if (mark < 0) {")),

    /// A compaction reads the list of snapshots while it changes.
    SNAPSHOTS_LISTED_UNLOCKED(
            Proof.SNAPSHOTS,
            "Invalid execution results",
            Change.of(
                    "engine/Snapshots.java",
                    """
                            long[] capture() {
                                lock.lock();
                                try {
                            """,
                    """
                            long[] capture() {
                                ReentrantLock lock = new ReentrantLock();
                                lock.lock();
                                try {
                            """)),

    /// A snapshot asks what is visible before it has the lock of the list.
    SNAPSHOT_REGISTERED_LATE(
            Proof.SNAPSHOTS,
            "Invalid execution results",
            Change.of(
                    "engine/Snapshots.java",
                    "lock.lock(); try { Pin pin = new Pin(visible.getAsLong(), scan, now, place);",
                    """
                            long sequence = visible.getAsLong();
                            lock.lock();
                            try {
                                Pin pin = new Pin(sequence, scan, now, place);
                            """)),

    /// A closed snapshot is in the list for ever.
    SNAPSHOT_CLOSED_BUT_LISTED(
            Proof.SNAPSHOTS,
            "Invalid execution results",
            Change.of("engine/Snapshots.java", "oldest = pin.newer;", "")),

    /// A frame is given to another block while a slot still names it.
    FRAME_REUSED_WHILE_REFERENCED(
            Proof.CACHE,
            "allIsGivenBack has failed",
            Change.of("cache/Slab.java", "owner.set(ordinals[frame], 0); // W1", "")),

    /// A chunk that waits is given away and waits on.
    CHUNK_WITH_TWO_OWNERS(
            Proof.MEMORY,
            "allIsGivenBack has failed",
            Change.of("util/ChunkPool.java", "return list(size).poll();",
                    "return list(size).peek();"));

    private final Plan plan;

    ThreadBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
