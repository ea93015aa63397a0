/// Ordering and encoding of the versions of a key.
@NullMarked
package dev.firn.key;

import org.jspecify.annotations.NullMarked;
