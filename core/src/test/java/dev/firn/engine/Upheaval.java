package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.FirnMXBean;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.WriteBatch;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/// What happens to the store beside reads and writes of [ReadersAttack]: files come and go,
/// keyspaces come and go, and somebody looks at the figures.
final class Upheaval {
    private static final int ENTRIES = 60;
    private final Session session;
    private final Random random;
    private long generation;

    Upheaval(Session session, long seed) {
        this.session = session;
        this.random = new Random(seed);
    }

    void maintain() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> session.store.flush();
            case 3 -> session.store.compact();
            case 4 -> session.left.compact(KeyRange.between(TestData.number(5),
                    TestData.number(50)));
            case 5 -> session.right.flush();
            case 6, 7 -> session.store.sync();
            case 8 -> {
                session.store.pauseCompaction();
                session.left.flush();
                session.store.resumeCompaction();
            }
            case 9 -> session.store.awaitIdle(Duration.ofMillis(random.nextInt(3)));
            default -> look();
        }
    }

    private void look() {
        session.store.statistics().toJson();
        session.store.tree();
        session.left.explain(TestData.number(random.nextInt(Accounts.COUNT)));
        session.store.keyspaceNames();
        FirnMXBean bean = session.store.mxBean();
        bean.getTables();
        bean.getCacheHitRate();
        if (!bean.getFailure().isEmpty()) {
            throw new Violation(Kind.UNEXPECTED_ERROR, bean.getFailure());
        }
        bean.statisticsJson();
    }

    /// Creates a keyspace, fills it by one batch, and drops it. The calling thread alone does so
    /// with this one.
    void comeAndGo(int number) {
        String name = Session.temporary(number);
        Keyspace created = session.store.findKeyspace(name);
        if (created == null) {
            created = session.store.createKeyspace(name, KeyspaceOptions.defaults());
        }
        generation++;
        WriteBatch batch = WriteBatch.create();
        for (int i = 0; i < ENTRIES; i++) {
            batch.put(created, TestData.number(i), value(generation, i));
        }
        session.store.write(batch);
        if (random.nextInt(3) == 0) {
            created.flush();
        }
        if (random.nextInt(4) == 0) {
            created.compact(KeyRange.all());
        }
        if (random.nextInt(4) > 0) {
            session.store.dropKeyspace(name);
            if (!created.isClosed()) {
                throw new Violation(Kind.UNEXPECTED_ERROR, "a dropped keyspace is open");
            }
        }
    }

    private static byte[] value(long generation, int entry) {
        return ByteBuffer.allocate(200).putLong(generation).putLong(entry).array();
    }

    /// Reads a keyspace that is dropped perhaps: a cursor that is open goes on all the same.
    void readWhatGoes() throws Exception {
        Keyspace space =
                session.store.findKeyspace(Session.temporary(random.nextInt(Session.TEMPORARY)));
        if (space == null) {
            return;
        }
        Cursor[] opened = new Cursor[1];
        if (!session.unlessDropped(space, () -> opened[0] = space.scan(KeyRange.all()))) {
            return;
        }
        try (Cursor cursor = opened[0]) {
            boolean forward = random.nextBoolean();
            long generationSeen = -1;
            int count = 0;
            while (forward ? cursor.next() : cursor.previous()) {
                long entry = TestData.number(cursor.key());
                if (entry >= ENTRIES) {
                    continue;
                }
                ByteBuffer value = ByteBuffer.wrap(cursor.value());
                long of = value.getLong();
                if (value.getLong() != entry) {
                    throw new Violation(Kind.WRONG_VALUE, "a cursor sees another value at entry "
                            + entry);
                }
                if (entry != (forward ? count : ENTRIES - 1 - count)
                        || generationSeen >= 0 && of != generationSeen) {
                    throw new Violation(Kind.NOT_A_PREFIX, "a cursor sees entry " + entry
                            + " of generation " + of + " after " + count + " entries of generation "
                            + generationSeen);
                }
                generationSeen = of;
                count++;
            }
            if (count != 0 && count != ENTRIES) {
                throw new Violation(Kind.NOT_A_PREFIX,
                        "a cursor sees " + count + " of " + ENTRIES + " entries of a batch");
            }
        }
        session.unlessDropped(space, () -> space.get(TestData.number(1)));
    }
}
