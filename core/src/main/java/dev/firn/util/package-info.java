/// Varints, hashing, byte order, memory that is accounted for; no domain types.
@NullMarked
package dev.firn.util;

import org.jspecify.annotations.NullMarked;
