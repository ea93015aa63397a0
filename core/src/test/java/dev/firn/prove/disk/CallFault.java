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

        /// The store refuses writes.
        REFUSAL,

        /// It is told, or tried again with success.
        ANY
    }

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
            all.add(new CallFault("pwrite64", file, "EIO", Outcome.ANY));
            all.add(new CallFault("pwrite64", file, "ENOSPC", Outcome.ANY));
            all.add(new CallFault("pwrite64", file, "EDQUOT", Outcome.ANY));
            all.add(new CallFault("unlink", file, "EIO", Outcome.ANY));
            all.add(new CallFault("openat", file, "EIO", Outcome.ANY));
        }
        all.add(new CallFault("pwrite64", Target.CURRENT, "ENOSPC", Outcome.ANY));
        all.add(new CallFault("openat", Target.TABLE, "EMFILE", Outcome.ANY));
        all.add(new CallFault("openat", Target.LOG, "ENOSPC", Outcome.ANY));
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

    /// Whether it means that there is no space, which a process may find to be there again.
    boolean isFullDisk() {
        return call.equals("pwrite64") && (error.equals("ENOSPC") || error.equals("EDQUOT"));
    }
}
