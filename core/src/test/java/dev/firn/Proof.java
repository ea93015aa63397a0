package dev.firn;

import dev.firn.memtable.Seen;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import java.util.List;
import java.util.stream.Stream;

/// A test that [PlantedBugs] runs in a JVM of its own: with the code as it is, and with bugs.
enum Proof {
    /// Power is lost before every operation of a store on its files.
    CRASHES("dev.firn.engine.CrashMomentsTest"),

    /// Random lives with simulated power loss at random moments.
    POWER_LOSS("dev.firn.engine.life.PowerLossProof"),

    /// Scripts that failed once.
    REGRESSIONS("dev.firn.engine.life.RegressionTest"),

    /// Every operation on log and manifest fails.
    FAULT_SWEEP_OF_LOGS("dev.firn.engine.FaultProof#log"),

    /// Every operation of flushes and merges fails.
    FAULT_SWEEP_OF_TABLES("dev.firn.engine.FaultProof#tables"),

    /// Every operation of recovery fails.
    FAULT_SWEEP_OF_OPENING("dev.firn.engine.FaultProof#opening"),

    /// Bits of tables flipped.
    HOSTILE_BITS_OF_TABLES("dev.firn.hostile.HostileProofTest#bitsOfTables"),

    /// Bits of manifest and `CURRENT` flipped.
    HOSTILE_BITS_OF_MANIFESTS("dev.firn.hostile.HostileProofTest#bitsOfTheManifestAndCurrent"),

    /// Bits of the log flipped.
    HOSTILE_BITS_OF_LOGS("dev.firn.hostile.HostileProofTest#bitsOfTheLog"),

    /// Blocks and files in the wrong place.
    MISPLACED_FILES("dev.firn.hostile.HostileProofTest#misplacedBlocksAndFiles"),

    /// Numbers that are much too large, with right checksums.
    HOSTILE_NUMBERS("dev.firn.hostile.HostileProofTest#largeNumbersEverywhere"),

    /// Random lives of a store beside a model.
    MODEL("dev.firn.engine.life.ModelProof"),

    /// Writes, forces and openings that fail.
    FAILURES("dev.firn.engine.PoisonedStoreTest"),

    /// Background work that fails.
    BACKGROUND("dev.firn.engine.BackgroundFailuresTest"),

    /// What is told of failures in the background.
    HEALTH("dev.firn.engine.HealthTest"),

    /// The process dies, or power is lost, after the flush of one of several keyspaces.
    PARTIAL_FLUSH("dev.firn.engine.PartialFlushTest"),

    /// A store is opened twice.
    SECOND_OPEN("dev.firn.engine.StoreApiTest#aSecondOpenIsRefusedWithTheProcess"),

    /// Power is lost before every operation of a log.
    LOG_CRASHES("dev.firn.record.LogCrashTest#noCrashLosesWhatWasAcknowledged"),

    /// Operations of a log fail.
    LOG_FAULTS("dev.firn.record.LogFaultTest"
            + "#anyOtherFailureEndsTheLogForGood(dev.firn.storage.OperationKind)"),

    /// The disk is full at some write of a log.
    FULL_DISK("dev.firn.record.LogFaultTest"
            + "#aDiskThatIsFullAtTheNthWriteAndThenIsNot(dev.firn.record.LogFaultTest$FullDisk)"),

    /// The last force of a log fails.
    CLOSE_FAULT("dev.firn.record.LogFaultTest#aCloseRecordWhoseForceFailedIsNoCleanClose"),

    /// Damaged logs.
    LOG_DAMAGE("dev.firn.record.LogDamageTest"),

    /// Bytes behind the end of a log that look like records.
    STALE_BYTES("dev.firn.record.StaleBytesTest"),

    /// Power is lost before every operation of a manifest.
    MANIFEST_CRASHES("dev.firn.manifest.CrashTest#everyCrashLeavesTheStateBeforeOrAfter("
            + "dev.firn.storage.SimulatedStorage$DirectoryOrder)"),

    /// Operations of a manifest fail.
    MANIFEST_FAULTS("dev.firn.manifest.FaultTest"),

    /// A store is opened on a full disk.
    ORPHANS("dev.firn.manifest.FaultTest#openingOnAFullDiskWorksButKeepsOrphans"),

    /// Damaged manifests.
    MANIFEST_DAMAGE("dev.firn.manifest.DamageTest"),

    /// Random tables beside a model.
    TABLES("dev.firn.sstable.TableModelTest"),

    /// Damaged tables.
    TABLE_DAMAGE("dev.firn.sstable.TableDamageTest#everyBitFlipIsReported(java.lang.String)"),

    /// Blocks of other tables, or in other places.
    TABLE_BLOCKS("dev.firn.sstable.TableDamageTest#blocksInAnotherPlaceAreReported"),

    /// Tables under the names of others.
    FOREIGN_TABLES("dev.firn.sstable.TableDamageTest#tablesOfOthersAreRefused"),

    /// Tables that were forged.
    HOSTILE_TABLES("dev.firn.sstable.HostileTableTest"),

    /// Merges of all histories of a key.
    MERGES("dev.firn.compaction.MergeJobTest#everyReaderSeesTheSameAndNothingUnneededStays"),

    /// Who may read the files.
    FILES("dev.firn.storage.FileStorageTest#othersSeeNothing"),

    /// Links in the directory.
    LINKS("dev.firn.storage.FileStorageTest#linksAreRefused"),

    /// Files used by a thread that is interrupted.
    INTERRUPTS("dev.firn.storage.FileStorageMappedTest#anInterruptedThreadClosesNothing"),

    /// A mapped log is cut.
    CUT_LOG("dev.firn.storage.FileStorageMappedTest#aLogIsCutAndExtended"),

    /// Damaged stores are repaired.
    REPAIR("dev.firn.engine.RepairTest"),

    /// What merges say that they have.
    COMPLETENESS("dev.firn.compaction.CompletenessTest"),

    /// Stores without a manifest are repaired, with tables that were replaced.
    REPLACED_TABLES("dev.firn.engine.RepairStaleTest"),

    /// Orders of accesses to a memtable.
    MEMTABLE(
            "dev.firn.memtable.MemtableByTurns",
            ChangedFirn.SMALL,
            List.of(),
            Seen.changes()),

    /// Flushes, merges and snapshots between two steps.
    STEPS(
            "dev.firn.engine.BetweenSteps",
            ChangedFirn.SMALL,
            List.of(
                    Change.of(
                            "engine/StoreKeyspace.java",
                            """
                                    ReadView now = enteredView();
                                    long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                                    try {
                                    """,
                            """
                                    ReadView now = enteredView();
                                    dev.firn.testkit.Between.steps();
                                    long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                                    try {
                                    """),
                    Change.of(
                            "engine/StoreKeyspace.java",
                            """
                                    ReadView now = enteredView();
                                    long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                                    ValueTarget
                                    """,
                            """
                                    ReadView now = enteredView();
                                    dev.firn.testkit.Between.steps();
                                    long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
                                    ValueTarget
                                    """),
                    Change.of(
                            "engine/Snapshots.java",
                            """
                                    lock.lock();
                                    try {
                                        Pin pin = new Pin(visible.getAsLong(), scan, now, place);
                                    """,
                            """
                                    dev.firn.testkit.Between.steps();
                                    lock.lock();
                                    try {
                                        Pin pin = new Pin(visible.getAsLong(), scan, now, place);
                                    """),
                    Change.of(
                            "engine/CommitPipeline.java",
                            """
                                    long assigned = sequence + 1;
                                    insert(
                                    """,
                            """
                                    long assigned = sequence + 1;
                                    dev.firn.testkit.Between.steps();
                                    insert(
                                    """),
                    Change.of(
                            "engine/CommitPipeline.java",
                            "figures.put(batch.keyLength(i) + batch.valueLength(i));",
                            """
                                    figures.put(batch.keyLength(i) + batch.valueLength(i));
                                    dev.firn.testkit.Between.steps();
                                    """)),
            List.of()),

    /// Threads that really run at the same time; runs without bugs anyway.
    PIPELINE(
            "dev.firn.engine.CommitPipelineLincheckTest",
            ChangedFirn.LINCHECK,
            List.of(),
            List.of()),

    /// Resident memory stays in its bounds; takes a quarter of a minute.
    RESIDENT(
            "dev.firn.engine.ResidentMemoryTest#aSmallBudgetBoundsResidentMemory",
            ChangedFirn.SMALL,
            List.of(),
            List.of()),

    /// One force for all who wait, by model checking.
    GROUP_SYNC("dev.firn.record.GroupSyncLincheckTest", ChangedFirn.LINCHECK, List.of(), List.of()),

    /// Views, their pins and what they refer to, by model checking.
    VIEWS("dev.firn.engine.ViewsLincheckTest", ChangedFirn.LINCHECK, List.of(), List.of()),

    /// The list of snapshots and cursors, by model checking.
    SNAPSHOTS("dev.firn.engine.SnapshotsLincheckTest", ChangedFirn.LINCHECK, List.of(), List.of()),

    /// The slots and frames of the cache, by model checking.
    CACHE("dev.firn.cache.BlockCacheLincheckTest", ChangedFirn.LINCHECK, List.of(), List.of()),

    /// Chunks and the budget, by model checking.
    MEMORY("dev.firn.util.MemoryLincheckTest", ChangedFirn.LINCHECK, List.of(), List.of()),

    /// Threads that wait for a force; told to lose patience soon.
    WAITING(
            "dev.firn.record.GroupSyncTest#aWaitingThreadKeepsItsInterrupt",
            Stream.concat(ChangedFirn.SMALL.stream(), Stream.of("-Dfirn.deadline=3")).toList(),
            List.of(),
            List.of()),

    /// Threads that do everything at once.
    READERS("dev.firn.engine.ReadersAttackTest", ChangedFirn.SMALL, List.of(), List.of()),

    /// Every public method in interrupted threads.
    STORM(
            "dev.firn.engine.InterruptStormAttackTest#interruptsChangeNothing",
            ChangedFirn.SMALL,
            List.of(),
            List.of()),

    /// What is left when a store closes.
    CLOSING(
            "dev.firn.engine.StoreCloseTest"
                    + "#aCursorThatClosesInsideTheClosingOfTheStoreLeaksNothing",
            ChangedFirn.SMALL,
            List.of(),
            List.of());

    private final String test;
    private final List<String> jvm;
    private final List<Change> before;
    private final List<Change> after;

    /// A test that is run as it is.
    Proof(String test) {
        this(test, ChangedFirn.SMALL, List.of(), List.of());
    }

    Proof(String test, List<String> jvm, List<Change> before, List<Change> after) {
        this.test = test;
        this.jvm = jvm;
        this.before = before;
        this.after = after;
    }

    String test() {
        return test;
    }

    List<String> jvm() {
        return jvm;
    }

    /// Changes that do no harm, made before a bug is planted.
    List<Change> before() {
        return before;
    }

    /// Changes that do no harm, made after it.
    List<Change> after() {
        return after;
    }

    /// How often it is tried whether it notices a bug: where threads have to meet by chance, on a
    /// machine with more to do they may miss each other.
    int attempts() {
        return this == PIPELINE ? 8 : this == READERS ? 2 : 1;
    }

    /// Whether it takes so long that its bugs are planted in long runs only.
    boolean isLong() {
        return this == RESIDENT;
    }

    /// Whether the test is no test by itself: it needs changes that do no harm.
    boolean needsChanges() {
        return !before.isEmpty() || !after.isEmpty();
    }
}
