/// What is merged with what, and when (pure functions over a version), and the merge itself (a step
/// function).
@NullMarked
package dev.firn.compaction;

import org.jspecify.annotations.NullMarked;
