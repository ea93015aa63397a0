/// Runs measurements in processes of their own, in turns, and reports them.
@NullMarked
package dev.firn.bench.run;

import org.jspecify.annotations.NullMarked;
