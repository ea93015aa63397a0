/// Keys, values and random choices of the benchmark: cheap to make and cheap to check.
@NullMarked
package dev.firn.bench.data;

import org.jspecify.annotations.NullMarked;
