/// Ordered write buffer: a radix tree in native memory, one writer, readers without locks.
/// locks.
@NullMarked
package dev.firn.memtable;

import org.jspecify.annotations.NullMarked;
