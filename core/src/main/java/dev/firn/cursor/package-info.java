/// Seek, next and previous over sorted sources: the contract, and what is built of several.
@NullMarked
package dev.firn.cursor;

import org.jspecify.annotations.NullMarked;
