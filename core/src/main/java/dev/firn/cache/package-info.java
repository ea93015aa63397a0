/// Blocks of table files in memory, bounded.
///
/// **How to look up** what [dev.firn.cache.BlockCache] may hold:
/// ```java
/// long handle = slots.find(ordinal);
/// if (handle != 0) {
///   try {
///     ... read cache.memory(handle) from cache.offset(handle) on,
///         cache.length(handle) bytes; return nothing yet
///   } catch (RuntimeException e) {
///     if (slots.holds(ordinal, handle)) { throw e; }     // else these were not the block's bytes
///   }
///   if (slots.holds(ordinal, handle)) { cache.touch(handle); return what was read; }
///   start over
/// }
/// int frame = cache.reserve(length);
/// ... fill cache.memory(frame) from cache.offset(frame) on
/// ... and look up in it here, undisturbed: so a lookup ends even where frames do not last
/// cache.publish(slots, ordinal, frame, length);
/// ```
/// What is read before `holds` was asked may be bytes of another block, or of another use of the
/// memory, or the memory may be closed (IllegalStateException). So every offset that is read from
/// it is checked before it is used, loops are bounded, and nothing is allocated by a length that
/// was read.
@NullMarked
package dev.firn.cache;

import org.jspecify.annotations.NullMarked;
