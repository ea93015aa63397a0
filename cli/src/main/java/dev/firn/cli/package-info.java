/// The `firn` command line.
@NullMarked
package dev.firn.cli;

import org.jspecify.annotations.NullMarked;
