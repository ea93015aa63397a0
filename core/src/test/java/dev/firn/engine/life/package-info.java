/// Whole lives of stores: scripts of operations, run on simulated storage and one thread beside a
/// model, with crashes wherever a test wants them.
@NullMarked
package dev.firn.engine.life;

import org.jspecify.annotations.NullMarked;
