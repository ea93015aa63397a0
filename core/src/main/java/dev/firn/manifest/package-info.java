/// Which files make up the store: versions of the keyspaces' trees, the edits between them, and the
/// manifest that keeps them.
@NullMarked
package dev.firn.manifest;

import org.jspecify.annotations.NullMarked;
