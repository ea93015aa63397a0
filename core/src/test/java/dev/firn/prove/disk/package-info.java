/// The real engine in processes of its own, on real file systems: killed, cut off from their disk, given errors by the
/// system, and out of space.
@NullMarked
package dev.firn.prove.disk;

import org.jspecify.annotations.NullMarked;
