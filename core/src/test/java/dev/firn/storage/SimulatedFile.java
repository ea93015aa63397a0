package dev.firn.storage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a name in a simulated directory stands for: the bytes as programs see them, the bytes that
/// are durable, and between them the history of each sector and of the size since the last force.
///
/// The system writes a sector back when it likes, so after a crash a sector has any content it had
/// since the last force, whatever its neighbours have; likewise the size. Where that leaves bytes
/// nobody wrote, they are zero. Guarded by the storage's lock.
final class SimulatedFile {
    static final int SECTOR = SectorTable.SECTOR_BYTES;

    /// Forgetting an old content only leaves out states.
    private static final int HISTORY_MAX = 64;

    SectorTable live;
    long liveBytes;
    SectorTable durable;
    long durableBytes;

    /// Changed sectors with their contents since the last force, oldest first; the last is the live
    /// one.
    final TreeMap<Integer, History> changed = new TreeMap<>();

    /// The sizes since the last force, oldest first.
    final List<Long> sizes = new ArrayList<>();
    private boolean sizeLost;

    /// The contents of a sector. When a force failed, the system takes it for written although it
    /// is not: `lost`, until somebody writes it again.
    static final class History {
        final List<byte @Nullable []> contents = new ArrayList<>();
        boolean lost;
    }

    SimulatedFile() {
        this(new SectorTable(), 0);
    }

    /// A file of which everything is durable.
    SimulatedFile(SectorTable content, long bytes) {
        durable = content;
        durableBytes = bytes;
        live = content.copy();
        liveBytes = bytes;
    }

    /// The same file in a world of its own, with everything that is not durable yet.
    SimulatedFile copy() {
        SimulatedFile copy = new SimulatedFile(durable.copy(), durableBytes);
        copy.live = live.copy();
        copy.liveBytes = liveBytes;
        changed.forEach((sector, history) -> {
            History same = new History();
            same.contents.addAll(history.contents);
            same.lost = history.lost;
            copy.changed.put(sector, same);
        });
        copy.sizes.addAll(sizes);
        copy.sizeLost = sizeLost;
        return copy;
    }

    void read(long offset, MemorySegment target, long to, long length) {
        for (long done = 0; done < length;) {
            long at = offset + done;
            int within = (int) (at % SECTOR);
            int piece = (int) Math.min(length - done, SECTOR - within);
            byte[] bytes = live.get((int) (at / SECTOR));
            if (bytes == null) {
                target.asSlice(to + done, piece).fill((byte) 0);
            } else {
                MemorySegment.copy(MemorySegment.ofArray(bytes), within, target, to + done, piece);
            }
            done += piece;
        }
    }

    void write(long offset, MemorySegment source, long from, long length) {
        for (long done = 0; done < length;) {
            long at = offset + done;
            int sector = (int) (at / SECTOR);
            int within = (int) (at % SECTOR);
            int piece = (int) Math.min(length - done, SECTOR - within);
            byte[] before = live.get(sector);
            byte[] bytes = before == null ? new byte[SECTOR] : before.clone();
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from + done, bytes, within, piece);
            change(sector, bytes);
            done += piece;
        }
        if (length > 0 && offset + length > liveBytes) {
            resize(offset + length);
        }
    }

    /// Cuts, or extends by zeros.
    void truncate(long bytes) {
        if (bytes < liveBytes) {
            int within = (int) (bytes % SECTOR);
            int sector = (int) (bytes / SECTOR);
            byte[] cut = live.get(sector);
            if (within > 0 && cut != null) {
                byte[] rest = cut.clone();
                Arrays.fill(rest, within, SECTOR, (byte) 0);
                change(sector, rest);
                sector++;
            } else if (within > 0) {
                sector++;
            }
            for (; (long) sector * SECTOR < liveBytes; sector++) {
                if (live.get(sector) != null) {
                    change(sector, null);
                }
            }
        }
        if (bytes != liveBytes) {
            resize(bytes);
        }
    }

    private void change(int sector, byte @Nullable [] bytes) {
        live.set(sector, bytes);
        History history = changed.computeIfAbsent(sector, _ -> new History());
        forgetSome(history.contents);
        history.contents.add(bytes);
        history.lost = false;
    }

    private void resize(long bytes) {
        liveBytes = bytes;
        forgetSome(sizes);
        sizes.add(bytes);
        sizeLost = false;
    }

    private static void forgetSome(List<?> history) {
        if (history.size() >= HISTORY_MAX) {
            history.removeFirst();
        }
    }

    void force() {
        var all = changed.entrySet().iterator();
        while (all.hasNext()) {
            var next = all.next();
            if (!next.getValue().lost) {
                durable.set(next.getKey(), next.getValue().contents.getLast());
                all.remove();
            }
        }
        if (!sizeLost) {
            durableBytes = liveBytes;
            sizes.clear();
        }
    }

    /// A force that fails: programs go on to see what they wrote, later forces do not write it.
    void failForce() {
        changed.values().forEach(history -> history.lost = true);
        sizeLost = !sizes.isEmpty();
    }

    boolean isDurable() {
        return changed.isEmpty() && sizes.isEmpty();
    }
}
