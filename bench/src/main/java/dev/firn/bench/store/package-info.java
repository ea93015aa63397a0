/// The stores that are compared, each behind the same small interface.
@NullMarked
package dev.firn.bench.store;

import org.jspecify.annotations.NullMarked;
