/// The workloads, and what runs one of them on one store in one process.
@NullMarked
package dev.firn.bench.work;

import org.jspecify.annotations.NullMarked;
