package dev.firn.hostile;

import dev.firn.hostile.SmallStore.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Ways in which whole pieces are where they do not belong, or are not where they do, and what has
/// to become of that.
enum Misplacement {
    /// A block of a table also stands in the place of another one.
    BLOCK_MISDIRECTED(Outcome.READS_FAIL) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            store.blocks.forEach((name, blocks) -> {
                for (Block from : blocks) {
                    Block over = blocks.get((blocks.indexOf(from) + 1) % blocks.size());
                    to.add(name, List.of(over),
                            files -> files.put(name, overlaid(store, name, from, over)));
                }
            });
        }
    },

    /// Two blocks of a table have changed places, as far as the shorter one reaches.
    BLOCKS_SWAPPED(Outcome.READS_FAIL) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            store.blocks.forEach((name, blocks) -> {
                for (int i = 1; i < blocks.size(); i++) {
                    Block a = blocks.get(i - 1);
                    Block b = blocks.get(i);
                    to.add(name, List.of(a, b), files -> {
                        byte[] one = overlaid(store, name, a, b);
                        byte[] other = overlaid(store, name, b, a);
                        System.arraycopy(other, (int) a.from(), one, (int) a.from(),
                                (int) (a.to() - a.from()));
                        files.put(name, one);
                    });
                }
            });
        }
    },

    /// A block is that of the same table of a store with the same content and another identity: as
    /// a block that was never written over, whose place belonged to another file before.
    BLOCK_STALE(Outcome.READS_FAIL) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            store.blocks.forEach((name, blocks) -> {
                for (Block block : blocks) {
                    to.add(name, List.of(block), files -> {
                        byte[] bytes = files.bytes(name);
                        byte[] other = twin.files.bytes(name);
                        System.arraycopy(other, (int) block.from(), bytes, (int) block.from(),
                                (int) (Math.min(block.to(), other.length) - block.from()));
                        files.put(name, bytes);
                    });
                }
            });
        }
    },

    /// Two tables have each other's name.
    TABLES_SWAPPED(Outcome.READS_FAIL) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            List<String> names = List.copyOf(store.blocks.keySet());
            for (int i = 0; i < names.size(); i++) {
                String a = names.get(i);
                String b = names.get((i + 1) % names.size());
                to.add(a, files -> {
                    files.put(a, store.files.bytes(b));
                    files.put(b, store.files.bytes(a));
                }, b);
            }
        }
    },

    /// A table is a copy of another one.
    TABLE_DUPLICATED(Outcome.READS_FAIL) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            for (String name : store.blocks.keySet()) {
                for (String other : store.blocks.keySet()) {
                    if (!name.equals(other)) {
                        to.add(name, files -> files.put(name, store.files.bytes(other)));
                    }
                }
            }
        }
    },

    /// A table is that of another store.
    TABLE_FOREIGN(Outcome.READS_FAIL) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            store.blocks.keySet().forEach(
                    name -> to.add(name, files -> files.put(name, twin.files.bytes(name))));
        }
    },

    /// The log, the manifest or `CURRENT` is that of another store.
    OTHERS_FOREIGN(Outcome.REFUSED) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            for (String name : List.of(store.log, manifest(store), "CURRENT")) {
                to.add(name, files -> files.put(name, twin.files.bytes(name)), manifest(store));
            }
        }
    },

    /// The log is that of an earlier moment, before some of its commits.
    LOG_STALE(Outcome.PREFIX) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            if (store.end == SmallStore.End.CLOSED) {
                return;
            }
            for (long start : store.starts) {
                to.add(store.log, files -> {
                    byte[] bytes = files.bytes(store.log);
                    Arrays.fill(bytes, (int) start, (int) store.logEnd, (byte) 0);
                    files.put(store.log, bytes);
                });
            }
        }
    },

    /// The manifest is that of an earlier moment.
    MANIFEST_STALE(Outcome.REFUSED_OR_WHOLE) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            String name = manifest(store);
            long bytes = store.files.size(name);
            for (long size = 64; size < bytes; size += 8) {
                long kept = size;
                to.add(name, files -> files.cut(name, kept));
            }
        }
    },

    /// A table, log, manifest or `CURRENT` is missing.
    MISSING(Outcome.REFUSED) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            for (String name : store.files.names()) {
                if (!name.equals("LOCK")) {
                    to.add(name.startsWith("MANIFEST") ? "CURRENT" : name,
                            files -> files.remove(name));
                }
            }
        }
    },

    /// `CURRENT` names a manifest that is not there, or not that one.
    CURRENT_MISLEADING(Outcome.REFUSED) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            String line = Contents.text(store.files.bytes("CURRENT")).replaceAll(" crc32c.*\n", "");
            String name = manifest(store);
            for (String other : List.of("MANIFEST-000099", "MANIFEST-999999999999999999",
                    "MANIFEST-100000000", "000003.sst", "../CURRENT", "MANIFEST-000000")) {
                to.add("CURRENT",
                        files -> files.put("CURRENT", Forge.current(line.replace(name, other))));
            }
            to.add("CURRENT", files -> {
                files.put("MANIFEST-000099", files.bytes(name));
                files.put("CURRENT", Forge.current(line.replace(name, "MANIFEST-000099")));
            }, "MANIFEST-000099");
            to.add("CURRENT", files -> files.put("CURRENT",
                    Forge.current(line.replaceAll("store [0-9a-f]{4}", "store ffff"))), name);
            to.add("CURRENT", files -> files.put("CURRENT", new byte[1 << 20]));
            to.add("CURRENT", files -> files.put("CURRENT",
                    Forge.current("firn 2 " + "x".repeat(100))));
        }
    },

    /// Files that do not belong to the store: they stay.
    STRANGERS(Outcome.WHOLE) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            for (String name : List.of("notes.txt", ".hidden", "000003.sst.bak", "CURRENT.old",
                    "3.sst", "0000003.sst", "MANIFEST", "MANIFEST-", "000000.log", "x.log",
                    "1000000000000000000.sst", "LOCK2", "999999999999999999.sst",
                    "999999999999999999.log", "999999999999999999.tmp",
                    "MANIFEST-999999999999999999", "999999999999999998.sst",
                    "999999999999999998.log", "MANIFEST-999999999999999998")) {
                to.add(name, files -> files.put(name, Contents.bytes("not a file of a store")));
            }
        }
    },

    /// Files with names of a store's that nothing needs, whatever is in them, and no lock.
    LEFT_OVER(Outcome.WHOLE) {
        @Override
        void list(SmallStore store, SmallStore twin, Cases to) {
            byte[] table = store.files.bytes(store.blocks.firstKey());
            byte[] log = store.files.bytes(store.log);
            for (byte[] bytes : List.of(new byte[0], Contents.bytes("garbage"), table, log,
                    twin.files.bytes(twin.log))) {
                for (String name : List.of("CURRENT.tmp", "000090.tmp", "000001.sst", "000091.sst",
                        "MANIFEST-000092", "000001.log", "000093.log")) {
                    to.add(name, files -> files.put(name, bytes));
                }
            }
            to.add("LOCK", files -> files.remove("LOCK"));
            to.add("LOCK", files -> files.put("LOCK", Contents.bytes("not a number")));
        }
    };

    /// What has to become of a store.
    enum Outcome {
        /// It opens and holds everything; verification finds nothing.
        WHOLE,
        /// It opens; reads are right or fail; verification names the file.
        READS_FAIL,
        /// Opening is refused with the name of the file; verification says the same.
        REFUSED,
        /// Either.
        REFUSED_OR_WHOLE,
        /// It opens and holds what it held after some commit.
        PREFIX
    }

    /// One case.
    ///
    /// @param file the file that has to be named
    /// @param alternative another one that may be instead
    /// @param blocks of a table that are damaged; none if any may be
    record Case(String file, String alternative, List<Block> blocks,
            Consumer<MemoryDirectory> change) {}

    /// Takes cases.
    static final class Cases {
        final List<Case> all = new ArrayList<>();

        void add(String file, Consumer<MemoryDirectory> change) {
            add(file, change, file);
        }

        void add(String file, Consumer<MemoryDirectory> change, String alternative) {
            all.add(new Case(file, alternative, List.of(), change));
        }

        void add(String file, List<Block> blocks, Consumer<MemoryDirectory> change) {
            all.add(new Case(file, file, blocks, change));
        }
    }

    final Outcome outcome;

    Misplacement(Outcome outcome) {
        this.outcome = outcome;
    }

    /// Lists the cases that a store allows.
    ///
    /// @param twin a store of the same content and another identity
    abstract void list(SmallStore store, SmallStore twin, Cases to);

    private static String manifest(SmallStore store) {
        return store.files.names().stream().filter(name -> name.startsWith("MANIFEST")).findFirst()
                .orElseThrow();
    }

    /// A table with one block copied over another, which fills the rest of its place as before.
    private static byte[] overlaid(SmallStore store, String name, Block from, Block over) {
        byte[] bytes = store.files.bytes(name);
        int length = (int) Math.min(from.to() - from.from(), over.to() - over.from());
        System.arraycopy(store.files.bytes(name), (int) from.from(), bytes, (int) over.from(),
                length);
        return bytes;
    }
}
