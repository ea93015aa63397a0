/// The only code that touches files: the seam behind which the real file system, the simulated and
/// the fault-injecting one stand.
@NullMarked
package dev.firn.storage;

import org.jspecify.annotations.NullMarked;
