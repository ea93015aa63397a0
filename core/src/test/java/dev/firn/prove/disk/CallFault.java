package dev.firn.prove.disk;

import dev.firn.prove.disk.Trace.Target;
import java.util.ArrayList;
import java.util.List;

/// A system call on some of a store's files, and what happens to it.
///
/// @param error such as `EIO`; empty when the call is not made but said to have worked, or is only slow
/// @param outcome what a process must make of it
record CallFault(String call, Target target, String error, Outcome outcome) {
    /// What a process must make of a fault.
    enum Outcome {
        /// Nobody notices.
        SUCCESS,

        /// The store refuses writes (P6).
        REFUSAL,

        /// Writes fail of a full disk, and resume when there is space (P7).
        FULL,

        /// It is told, or tried again with success.
        ANY
    }

    /// What a pwrite of zeros is told as: the blocks of a log that nobody has written to. When that fails the log is as
    /// it was.
    private static final String ZEROS = ", \"\\0\\0\\0\\0";

    private static final String DELAY_MICROS = "20000";

    /// All there are.
    static List<CallFault> all() {
        List<CallFault> all = new ArrayList<>();
        for (Target file : List.of(Target.LOG, Target.MANIFEST)) {
            all.add(new CallFault("fdatasync", file, "EIO", Outcome.REFUSAL));
            all.add(new CallFault("fdatasync", file, "ENOSPC", Outcome.REFUSAL));
            all.add(new CallFault("fdatasync", file, "", Outcome.SUCCESS));
        }
        for (Target file : List.of(Target.TABLE, Target.CURRENT)) {
            all.add(new CallFault("fdatasync", file, "EIO", Outcome.ANY));
        }
        for (Target file : List.of(Target.LOG, Target.MANIFEST, Target.TABLE)) {
            all.add(new CallFault("pwrite64", file, "EIO",
                    file == Target.TABLE ? Outcome.ANY : Outcome.REFUSAL));
            all.add(new CallFault("pwrite64", file, "ENOSPC", Outcome.FULL));
            all.add(new CallFault("pwrite64", file, "EDQUOT", Outcome.FULL));
            all.add(new CallFault("unlink", file, "EIO", Outcome.ANY));
            all.add(new CallFault("openat", file, "EIO", Outcome.ANY));
        }
        all.add(new CallFault("pwrite64", Target.CURRENT, "ENOSPC", Outcome.FULL));
        all.add(new CallFault("openat", Target.TABLE, "EMFILE", Outcome.ANY));
        all.add(new CallFault("openat", Target.LOG, "ENOSPC", Outcome.FULL));
        all.add(new CallFault("openat", Target.TABLE, "ENOSPC", Outcome.FULL));
        all.add(new CallFault("openat", Target.CURRENT, "EIO", Outcome.ANY));
        all.add(new CallFault("openat", Target.DIRECTORY, "EIO", Outcome.ANY));
        all.add(new CallFault("fsync", Target.DIRECTORY, "EIO", Outcome.ANY));
        all.add(new CallFault("mkdir", Target.DIRECTORY, "EIO", Outcome.ANY));
        all.add(new CallFault("rename", Target.CURRENT, "EIO", Outcome.ANY));
        all.add(new CallFault("rename", Target.LOG, "EIO", Outcome.ANY));
        all.add(new CallFault("pread64", Target.TABLE, "EIO", Outcome.ANY));
        all.add(new CallFault("pread64", Target.LOG, "EIO", Outcome.ANY));
        return List.copyOf(all);
    }

    /// What `strace` is told.
    ///
    /// @param sticky whether later calls fail as well
    String injection(int nth, boolean sticky) {
        String when = ":when=" + nth + (sticky || error.isEmpty() ? "+" : "");
        if (!error.isEmpty()) {
            return "error=" + error + when;
        }
        return target == Target.LOG ? "delay_exit=" + DELAY_MICROS + when : "retval=0" + when;
    }

    /// Whether the store has to refuse writes after this call of it has failed.
    boolean mustEndWriting(String told) {
        return outcome == Outcome.REFUSAL && !(call.equals("pwrite64") && told.contains(ZEROS));
    }

    /// Whether this call of it is one that a full disk can fail: a write, or one that creates a file.
    boolean meansFullDisk(String told) {
        return outcome == Outcome.FULL && (call.equals("pwrite64") || told.contains("O_CREAT"));
    }

    /// Whether it is a call that only who creates a store makes.
    boolean needsNewStore() {
        return call.equals("mkdir");
    }

    /// Whether it is a call that is made when files turn over, so mostly with small ones.
    boolean isOfTurns() {
        return call.equals("rename") || (call.equals("unlink") && target == Target.MANIFEST)
                || (target == Target.CURRENT && !call.equals("openat"));
    }

    /// Whether it is a call that a process makes once or twice.
    boolean isRare() {
        return needsNewStore() || target == Target.CURRENT || target == Target.DIRECTORY
                || call.equals("rename") || call.equals("unlink");
    }

    /// Whether reads of tables may fail of it too.
    boolean isOfReads() {
        return target == Target.TABLE && (call.equals("pread64") || call.equals("openat"));
    }

    /// For messages.
    String words() {
        return call + " " + target + (error.isEmpty() ? "" : " " + error);
    }
}
