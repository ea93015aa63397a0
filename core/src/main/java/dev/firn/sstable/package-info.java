/// Immutable sorted files: blocks, codecs, filter, index, writer and reader.
@NullMarked
package dev.firn.sstable;

import org.jspecify.annotations.NullMarked;
