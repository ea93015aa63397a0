package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.CRC32C;

/// The smallest thing that can lose data: a log of numbered records, and a file CURRENT that says
/// how many there were at some time and is replaced as a whole. It can be built with mistakes, so
/// that tests of tests see what they must.
final class ToyLog {
    /// More than a sector, so that a record may be torn.
    static final int RECORD_BYTES = 600;

    private static final int RECORDS_MAX = 8;

    private final Storage storage;
    private final Set<Mistake> mistakes;
    private WriteFile log;

    /// How many records were promised to be durable.
    int acknowledged;

    /// The number that was promised to be in CURRENT.
    int published;

    enum Mistake {
        NO_FORCE, NO_DIRECTORY_SYNC, FORCE_AFTER_RENAME, NO_CHECKSUM, RETRIED_FORCE
    }

    ToyLog(Storage storage, Mistake... mistakes) {
        this.storage = storage;
        this.mistakes = EnumSet.noneOf(Mistake.class);
        this.mistakes.addAll(Set.of(mistakes));
    }

    /// Creates, writes and replaces for a while.
    void run() throws IOException {
        storage.create();
        try (WriteFile created = storage.createLog("1.log", (long) RECORDS_MAX * RECORD_BYTES)) {
            log = created;
            force(log);
            syncDirectory();
            for (int i = 1; i <= RECORDS_MAX; i++) {
                append(i);
                if (i % 3 == 0) {
                    publish(i);
                }
            }
        }
    }

    private void append(int number) throws IOException {
        byte[] record = new byte[RECORD_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(record);
        for (int at = 8; at < RECORD_BYTES; at += 4) {
            buffer.putInt(at, number * 1_000_003 + at);
        }
        buffer.putInt(4, number).putInt(0, checksum(record));
        log.write((long) (number - 1) * RECORD_BYTES, MemorySegment.ofArray(record), 0,
                RECORD_BYTES);
        force(log);
        acknowledged = number;
    }

    private void publish(int number) throws IOException {
        byte[] text = ("count " + number + "\n").getBytes(StandardCharsets.US_ASCII);
        boolean late = mistakes.contains(Mistake.FORCE_AFTER_RENAME);
        try (WriteFile file = storage.create("CURRENT.tmp")) {
            file.write(0, MemorySegment.ofArray(text), 0, text.length);
            if (!late) {
                force(file);
            }
            storage.rename("CURRENT.tmp", "CURRENT");
            if (late) {
                force(file);
            }
        }
        syncDirectory();
        published = number;
    }

    private void force(WriteFile file) throws IOException {
        if (mistakes.contains(Mistake.NO_FORCE)) {
            return;
        }
        try {
            file.force();
        } catch (IOException e) {
            if (!mistakes.contains(Mistake.RETRIED_FORCE)) {
                throw e;
            }
            file.force();
        }
    }

    private void syncDirectory() throws IOException {
        if (!mistakes.contains(Mistake.NO_DIRECTORY_SYNC)) {
            storage.syncDirectory();
        }
    }

    private static int checksum(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(record, 4, RECORD_BYTES - 4);
        return (int) crc.getValue() ^ 0x5EED;
    }

    /// What is wrong with a state after a crash, or an empty text.
    String wrongIn(Storage state) throws IOException {
        if (acknowledged > 0 && !state.exists("1.log")) {
            return "no log";
        }
        if (state.exists("1.log")) {
            try (ReadFile file = state.open("1.log")) {
                int whole = 0;
                byte[] record = new byte[RECORD_BYTES];
                while (file.bytes() >= (long) (whole + 1) * RECORD_BYTES) {
                    file.copy((long) whole * RECORD_BYTES, MemorySegment.ofArray(record), 0,
                            RECORD_BYTES);
                    ByteBuffer buffer = ByteBuffer.wrap(record);
                    boolean sound = mistakes.contains(Mistake.NO_CHECKSUM)
                            ? buffer.getInt(4) == whole + 1
                            : buffer.getInt(0) == checksum(record);
                    if (!sound) {
                        break;
                    }
                    whole++;
                    for (int at = 8; at < RECORD_BYTES; at += 4) {
                        if (buffer.getInt(at) != whole * 1_000_003 + at) {
                            return "wrong bytes in record " + whole;
                        }
                    }
                }
                if (whole < acknowledged) {
                    return whole + " records of " + acknowledged;
                }
            }
        }
        return wrongCurrent(state);
    }

    private String wrongCurrent(Storage state) throws IOException {
        if (!state.exists("CURRENT")) {
            return published == 0 ? "" : "no CURRENT";
        }
        try (ReadFile file = state.open("CURRENT")) {
            byte[] text = new byte[(int) file.bytes()];
            file.copy(0, MemorySegment.ofArray(text), 0, text.length);
            String line = new String(text, StandardCharsets.US_ASCII);
            if (!line.matches("count [0-9]\n")) {
                return "CURRENT is damaged";
            }
            return line.charAt(6) - '0' < published ? "CURRENT is old" : "";
        }
    }
}
