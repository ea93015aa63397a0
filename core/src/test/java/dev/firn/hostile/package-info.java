/// Files that are not as they were written: every bit flip and every length of small files, files
/// in the wrong place, and input made for the decoders.
@NullMarked
package dev.firn.hostile;

import org.jspecify.annotations.NullMarked;
