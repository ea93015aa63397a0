/// What a user of Firn touches: stores, keyspaces, batches, snapshots and cursors.
@NullMarked
package dev.firn;

import org.jspecify.annotations.NullMarked;
