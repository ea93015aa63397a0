/// For YCSB's own client.
@NullMarked
package dev.firn.bench.ycsb;

import org.jspecify.annotations.NullMarked;
