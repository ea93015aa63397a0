/// Programs that measure Firn.
@NullMarked
package dev.firn.bench;

import org.jspecify.annotations.NullMarked;
