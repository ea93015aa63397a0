package dev.firn.hostile;

import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.storage.LockedException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A directory in memory that is copied in no time: files share their bytes until one is written.
/// It counts what is done with it and refuses to go on forever, knows what is open, and tells what
/// has changed. One thread.
final class MemoryDirectory implements Storage {
    /// Many times what any small store needs.
    private static final long OPERATIONS_MAX = 50_000;

    /// Bytes, and behind them zeros up to the size. The array is never written in place.
    private static final class Content {
        byte[] bytes;
        long size;
        boolean isShared;

        Content(byte[] bytes, long size) {
            this.bytes = bytes;
            this.size = size;
            isShared = true;
        }

        byte[] room(long end) {
            if (isShared || end > bytes.length) {
                long larger = end > bytes.length ? Math.max(end, 2L * bytes.length) : bytes.length;
                bytes = Arrays.copyOf(bytes, Math.toIntExact(larger));
                isShared = false;
            }
            return bytes;
        }

        boolean isSame(Content other) {
            return size == other.size && (bytes == other.bytes
                    || Arrays.equals(whole(), other.whole()));
        }

        byte[] whole() {
            return Arrays.copyOf(bytes, Math.toIntExact(size));
        }
    }

    private final TreeMap<String, Content> files = new TreeMap<>();
    private final List<String> open = new ArrayList<>();
    private final Set<String> locked = new HashSet<>();
    private long operations;

    /// The same files, of which either copy may be changed.
    MemoryDirectory fork() {
        var copy = new MemoryDirectory();
        files.forEach((name, content) -> {
            content.isShared = true;
            copy.files.put(name, new Content(content.bytes, content.size));
        });
        return copy;
    }

    List<String> names() {
        return List.copyOf(files.keySet());
    }

    long size(String name) {
        return content(name).size;
    }

    /// The bytes of a file.
    byte[] bytes(String name) {
        return content(name).whole();
    }

    private Content content(String name) {
        return Objects.requireNonNull(files.get(name), name);
    }

    /// Puts a file in place, or replaces it.
    void put(String name, byte[] bytes) {
        files.put(name, new Content(bytes, bytes.length));
    }

    void remove(String name) {
        files.remove(name);
    }

    void flip(String name, long bit) {
        content(name).room((bit >> 3) + 1)[(int) (bit >> 3)] ^= (byte) (1 << (bit & 7));
    }

    void cut(String name, long size) {
        Content content = content(name);
        int kept = (int) Math.min(size, content.bytes.length);
        files.put(name, new Content(Arrays.copyOf(content.bytes, kept), size));
    }

    /// Where the bytes end that are not zeros.
    long used(String name) {
        byte[] bytes = content(name).bytes;
        int end = (int) Math.min(bytes.length, content(name).size);
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /// The names of files that are not as in another directory; the lock does not matter.
    List<String> changesSince(MemoryDirectory before) {
        Set<String> names = new HashSet<>(files.keySet());
        names.addAll(before.files.keySet());
        names.remove("LOCK");
        names.removeIf(name -> files.get(name) != null && before.files.get(name) != null
                && content(name).isSame(before.content(name)));
        return names.stream().sorted().toList();
    }

    /// What was opened or locked and is not closed.
    List<String> open() {
        return open;
    }

    private void count() {
        if (++operations > OPERATIONS_MAX) {
            throw new Violation(Kind.HANG,
                    operations + " operations on the files of a small store");
        }
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public void create() {}

    @Override
    public List<FileInfo> list() {
        count();
        List<FileInfo> list = new ArrayList<>();
        files.forEach((name, content) -> list.add(new FileInfo(name, content.size)));
        return list;
    }

    @Override
    public boolean exists(String name) {
        return files.containsKey(name);
    }

    @Override
    public WriteFile create(String name) throws IOException {
        return createLog(name, 0);
    }

    @Override
    public WriteFile createLog(String name, long bytes) throws IOException {
        count();
        if (files.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        files.put(name, new Content(new byte[0], bytes));
        return new Writing(name, content(name));
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) throws IOException {
        rename(oldName, newName);
        Content content = content(newName);
        content.size = Math.max(content.size, bytes);
        return new Writing(newName, content);
    }

    @Override
    public WriteFile openLog(String name) throws IOException {
        return new Writing(name, existing(name));
    }

    @Override
    public ReadFile open(String name) throws IOException {
        return new Reading(name, existing(name));
    }

    private Content existing(String name) throws IOException {
        count();
        @Nullable
        Content content = files.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        return content;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Content content = existing(from);
        files.remove(from);
        files.put(to, content);
    }

    @Override
    public void delete(String name) throws IOException {
        existing(name);
        files.remove(name);
    }

    @Override
    public void syncDirectory() {
        count();
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        count();
        if (!locked.add(name)) {
            throw new LockedException(name + " is locked");
        }
        files.computeIfAbsent(name, _ -> new Content(new byte[0], 0));
        open.add("lock");
        return () -> {
            if (locked.remove(name)) {
                open.remove("lock");
            }
        };
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {}

    /// An open file.
    private abstract class Opened {
        final String name;
        final Content content;
        private boolean isClosed;

        Opened(String name, Content content) {
            this.name = name;
            this.content = content;
            open.add(name);
        }

        public String name() {
            return name;
        }

        void use() {
            count();
            if (isClosed) {
                throw new IllegalStateException("Already closed: " + name);
            }
        }

        public void close() {
            if (!isClosed) {
                isClosed = true;
                open.remove(name);
            }
        }
    }

    private final class Reading extends Opened implements ReadFile {
        private final long bytes;

        Reading(String name, Content content) {
            super(name, content);
            bytes = content.size;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void copy(long offset, MemorySegment target, long to, long length)
                throws IOException {
            use();
            Objects.checkFromIndexSize(to, length, target.byteSize());
            if (offset < 0 || length > bytes - offset) {
                throw new EOFException(name + ": " + length + " bytes at " + offset);
            }
            int there = (int) Math.clamp(content.bytes.length - offset, 0, length);
            if (there > 0) {
                MemorySegment.copy(content.bytes, (int) offset, target, ValueLayout.JAVA_BYTE, to,
                        there);
            }
            target.asSlice(to + there, length - there).fill((byte) 0);
        }
    }

    private final class Writing extends Opened implements WriteFile {
        Writing(String name, Content content) {
            super(name, content);
        }

        @Override
        public long allocatedBytes() {
            return content.size;
        }

        @Override
        public void write(long offset, MemorySegment source, long from, long length) {
            use();
            byte[] bytes = content.room(offset + length);
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, bytes, (int) offset,
                    (int) length);
            content.size = Math.max(content.size, offset + length);
        }

        @Override
        public void force() {
            use();
        }

        @Override
        public void truncate(long bytes) {
            use();
            if (bytes < content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, (int) bytes);
                content.isShared = false;
            }
            content.size = bytes;
        }
    }
}
