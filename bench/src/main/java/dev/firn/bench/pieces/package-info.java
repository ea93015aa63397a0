/// JMH benchmarks of single pieces of the engine: nanoseconds for each operation.
@NullMarked
package dev.firn.bench.pieces;

import org.jspecify.annotations.NullMarked;
