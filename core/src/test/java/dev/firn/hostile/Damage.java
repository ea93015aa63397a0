package dev.firn.hostile;

/// One change of one file: a bit flipped, or the file cut.
///
/// @param file the file's name
/// @param isCut whether it is cut; else a bit is flipped
/// @param at the bit, or the size that is left
record Damage(String file, boolean isCut, long at) {
    /// Where in the file it is, in bytes.
    long offset() {
        return isCut ? at : at >> 3;
    }

    /// The files with this damage.
    MemoryDirectory in(MemoryDirectory files) {
        MemoryDirectory damaged = files.fork();
        if (isCut) {
            damaged.cut(file, at);
        } else {
            damaged.flip(file, at);
        }
        return damaged;
    }

    @Override
    public String toString() {
        return isCut
                ? file + " cut to " + at + " bytes"
                : "bit " + (at & 7) + " of byte " + (at >> 3) + " of " + file + " flipped";
    }
}
