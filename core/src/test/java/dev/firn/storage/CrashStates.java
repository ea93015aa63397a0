package dev.firn.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The states in which a power loss may leave a [SimulatedStorage]: for the names a choice of the
/// pending changes, and then for each file that has a name, independently, a size and the content
/// of each sector. Taken at one moment; later changes of the storage do not show. For one thread.
final class CrashStates {
    private static final int NAME_CHOICES_MAX = 1 << 10;
    private static final double[] SURVIVAL = {0, 0.1, 0.5, 0.9, 1};

    private final SimulatedStorage origin;
    private final Map<String, SimulatedFile> durable;
    private final List<NameChange> pending;
    private final SimulatedStorage.DirectoryOrder order;
    private final Map<SimulatedFile, Frozen> frozen = new IdentityHashMap<>();

    /// A file with what each of its parts may be. The first choice is the durable one, the last
    /// that which programs saw last.
    private record Frozen(SectorTable durable, int[] sectors, byte[] @Nullable [][] contents,
            long[] sizes, long bytesMax) {
        static Frozen of(SimulatedFile file) {
            int[] sectors = file.changed.keySet().stream().mapToInt(Integer::intValue).toArray();
            byte[][][] contents = new byte[sectors.length][][];
            for (int i = 0; i < sectors.length; i++) {
                List<byte[]> all = new ArrayList<>();
                all.add(file.durable.get(sectors[i]));
                all.addAll(file.changed.get(sectors[i]).contents);
                contents[i] = all.toArray(byte[][]::new);
            }
            long[] sizes = LongStream.concat(LongStream.of(file.durableBytes),
                    file.sizes.stream().mapToLong(Long::longValue)).toArray();
            return new Frozen(file.durable.copy(), sectors, contents, sizes,
                    Arrays.stream(sizes).max().orElseThrow());
        }

        /// Of how many choices a part has; the size is the part behind the sectors.
        int choices(int part) {
            return part < sectors.length ? contents[part].length : sizes.length;
        }

        int parts() {
            return sectors.length + 1;
        }
    }

    /// A file as it is after the crash.
    private record Survivor(Frozen file, long size, byte[] @Nullable [] contents) {
        SimulatedFile toFile() {
            SectorTable table = file.durable.copy();
            for (int i = 0; i < contents.length; i++) {
                table.set(file.sectors[i], contents[i]);
            }
            // Whoever extends the file finds zeros.
            int sector = (int) (size / SimulatedFile.SECTOR);
            int within = (int) (size % SimulatedFile.SECTOR);
            byte[] last = table.get(sector);
            if (within > 0 && last != null) {
                byte[] cut = last.clone();
                Arrays.fill(cut, within, cut.length, (byte) 0);
                table.set(sector, cut);
            }
            for (int i = within > 0 ? sector + 1 : sector; (long) i
                    * SimulatedFile.SECTOR < file.bytesMax; i++) {
                if (table.get(i) != null) {
                    table.set(i, null);
                }
            }
            return new SimulatedFile(table, size);
        }

        /// For people: the sectors which do not hold the last content, and which one they hold.
        String describe() {
            Map<Integer, String> behind = new TreeMap<>();
            for (int i = 0; i < contents.length; i++) {
                byte[][] all = file.contents[i];
                int chosen = Arrays.asList(all).lastIndexOf(contents[i]);
                if (chosen != all.length - 1) {
                    behind.put(file.sectors[i],
                            chosen < 0 ? "torn" : chosen + " of " + (all.length - 1));
                }
            }
            return size + " bytes of " + file.sizes[file.sizes.length - 1]
                    + (behind.isEmpty() ? "" : ", sectors behind: " + behind);
        }
    }

    /// Chooses for one file.
    private interface Choice {
        Survivor of(Frozen file);
    }

    /// A choice among the changes of names, and what follows from it.
    private final class Names {
        final BitSet kept;
        final Map<String, Frozen> files = new HashMap<>();
        final List<Frozen> distinct;
        final long states;

        Names(BitSet kept) {
            this.kept = kept;
            Map<String, SimulatedFile> names = new LinkedHashMap<>(durable);
            kept.stream().forEach(i -> pending.get(i).apply(names));
            names.forEach((name, file) -> files.put(name,
                    frozen.computeIfAbsent(file, Frozen::of)));
            distinct = files.keySet().stream().sorted().map(files::get).distinct().toList();
            long product = 1;
            for (Frozen file : distinct) {
                for (int part = 0; part < file.parts(); part++) {
                    product = saturated(product, file.choices(part));
                }
            }
            states = product;
        }

        private static long saturated(long a, long b) {
            return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
        }

        SimulatedStorage state(Choice choice) {
            Map<Frozen, Survivor> chosen = new IdentityHashMap<>();
            distinct.forEach(file -> chosen.put(file, choice.of(file)));
            Map<Frozen, SimulatedFile> made = new IdentityHashMap<>();
            SimulatedStorage state = origin.after(() -> describe(chosen));
            files.forEach((name, file) -> state.addDurable(name,
                    made.computeIfAbsent(file, f -> chosen.get(f).toFile())));
            return state;
        }

        /// The state of a number below [#states], read as digits of mixed radix.
        SimulatedStorage state(long number) {
            long[] rest = {number};
            return state(file -> pick(file, part -> {
                int choices = file.choices(part);
                int digit = (int) (rest[0] % choices);
                rest[0] /= choices;
                return digit;
            }));
        }

        private String describe(Map<Frozen, Survivor> chosen) {
            StringBuilder text = new StringBuilder(origin.location()).append(", power lost; names");
            for (int i = 0; i < pending.size(); i++) {
                text.append(kept.get(i) ? " +" : " -").append(pending.get(i));
            }
            files.forEach((name, file) -> text.append("; ").append(name).append(": ")
                    .append(chosen.get(file).describe()));
            return text.toString();
        }
    }

    CrashStates(SimulatedStorage origin, Map<String, SimulatedFile> durable,
            List<NameChange> pending, SimulatedStorage.DirectoryOrder order) {
        this.origin = origin;
        this.durable = Map.copyOf(durable);
        this.pending = List.copyOf(pending);
        this.order = order;
        durable.values().forEach(file -> frozen.computeIfAbsent(file, Frozen::of));
        for (NameChange change : pending) {
            if (change instanceof NameChange.Create(String _, SimulatedFile file)) {
                frozen.computeIfAbsent(file, Frozen::of);
            }
        }
    }

    SimulatedStorage any(Random random) {
        return random(new Names(someNames(random)), random);
    }

    List<SimulatedStorage> ends() {
        BitSet all = new BitSet();
        all.set(0, pending.size());
        return List.of(
                new Names(new BitSet()).state(file -> extreme(file, false)),
                new Names(all).state(file -> extreme(file, true)));
    }

    Stream<SimulatedStorage> stream(long limit, long seed) {
        List<BitSet> all = allNames();
        List<Names> names = all.stream().map(Names::new).toList();
        long total = 0;
        for (Names choice : names) {
            total = choice.states > limit
                    ? Long.MAX_VALUE
                    : Math.min(total + choice.states, limit + 1);
            if (total > limit) {
                break;
            }
        }
        if (total <= limit && all.size() < NAME_CHOICES_MAX) {
            return names.stream().flatMap(choice -> LongStream.range(0, choice.states)
                    .mapToObj(choice::state));
        }
        Random random = new Random(seed);
        return Stream.concat(names.stream().flatMap(this::extremes).limit(limit / 2),
                Stream.generate(() -> any(random))).limit(limit);
    }

    /// All lost, all kept; and one part or one file unlike all others.
    private Stream<SimulatedStorage> extremes(Names names) {
        Stream<SimulatedStorage> same = Stream.of(true, false)
                .map(kept -> names.state(file -> extreme(file, kept)));
        Stream<SimulatedStorage> files = names.distinct.stream()
                .filter(file -> file.sectors.length > 0 || file.sizes.length > 1)
                .flatMap(odd -> Stream.of(true, false).map(
                        kept -> names.state(file -> extreme(file, kept ^ file == odd))));
        Stream<SimulatedStorage> parts = names.distinct.stream()
                .flatMap(odd -> IntStream.range(0, odd.parts())
                        .filter(part -> odd.choices(part) > 1).boxed()
                        .flatMap(oddPart -> Stream.of(true, false)
                                .map(kept -> names.state(file -> pick(file,
                                        part -> kept ^ (file == odd && part == oddPart)
                                                ? file.choices(part) - 1
                                                : 0)))));
        return Stream.of(same, files, parts).flatMap(states -> states);
    }

    private static Survivor extreme(Frozen file, boolean kept) {
        return pick(file, part -> kept ? file.choices(part) - 1 : 0);
    }

    private interface Digits {
        int of(int part);
    }

    private static Survivor pick(Frozen file, Digits digits) {
        byte[][] contents = new byte[file.sectors.length][];
        for (int i = 0; i < contents.length; i++) {
            contents[i] = file.contents[i][digits.of(i)];
        }
        return new Survivor(file, file.sizes[digits.of(contents.length)], contents);
    }

    private static SimulatedStorage random(Names names, Random random) {
        return names.state(file -> {
            double survival = SURVIVAL[random.nextInt(SURVIVAL.length)];
            Survivor whole = pick(file, part -> digit(file.choices(part), survival, random));
            for (int i = 0; i < whole.contents.length; i++) {
                if (random.nextInt(16) == 0) {
                    whole.contents[i] = torn(file.contents[i], random);
                }
            }
            long least = Arrays.stream(file.sizes).min().orElseThrow();
            return random.nextInt(4) > 0 || least == file.bytesMax
                    ? whole
                    : new Survivor(file, random.nextLong(least, file.bytesMax + 1),
                            whole.contents);
        });
    }

    private static int digit(int choices, double survival, Random random) {
        if (choices == 1 || random.nextDouble() >= survival) {
            return 0;
        }
        return random.nextBoolean() ? choices - 1 : 1 + random.nextInt(choices - 1);
    }

    /// The beginning of a content and the rest of the one before.
    private static byte @Nullable [] torn(byte[][] contents, Random random) {
        int later = 1 + random.nextInt(contents.length - 1);
        byte[] before = contents[later - 1];
        byte[] after = contents[later];
        byte[] torn = before == null ? new byte[SimulatedFile.SECTOR] : before.clone();
        int cut = random.nextInt(torn.length);
        if (after == null) {
            Arrays.fill(torn, 0, cut, (byte) 0);
        } else {
            System.arraycopy(after, 0, torn, 0, cut);
        }
        return torn;
    }

    private BitSet someNames(Random random) {
        BitSet kept = new BitSet();
        if (order == SimulatedStorage.DirectoryOrder.PREFIX) {
            kept.set(0, random.nextInt(pending.size() + 1));
            return kept;
        }
        double survival = SURVIVAL[random.nextInt(SURVIVAL.length)];
        for (int i = 0; i < pending.size(); i++) {
            if (mayKeep(kept, i) && random.nextDouble() < survival) {
                kept.set(i);
            }
        }
        return kept;
    }

    /// Choices among the changes of names, all or [#NAME_CHOICES_MAX] of them.
    private List<BitSet> allNames() {
        List<BitSet> all = new ArrayList<>();
        if (order == SimulatedStorage.DirectoryOrder.PREFIX) {
            for (int kept = 0; kept <= pending.size(); kept++) {
                BitSet prefix = new BitSet();
                prefix.set(0, kept);
                all.add(prefix);
            }
        } else {
            addNames(new BitSet(), 0, all);
        }
        return all;
    }

    private void addNames(BitSet kept, int next, List<BitSet> all) {
        if (all.size() >= NAME_CHOICES_MAX) {
            return;
        }
        if (next == pending.size()) {
            all.add((BitSet) kept.clone());
            return;
        }
        if (mayKeep(kept, next)) {
            kept.set(next);
            addNames(kept, next + 1, all);
            kept.clear(next);
        }
        addNames(kept, next + 1, all);
    }

    /// A change is kept only with all earlier ones of its names.
    private boolean mayKeep(BitSet kept, int change) {
        for (int i = kept.nextClearBit(0); i < change; i = kept.nextClearBit(i + 1)) {
            if (pending.get(i).touches(pending.get(change))) {
                return false;
            }
        }
        return true;
    }
}
