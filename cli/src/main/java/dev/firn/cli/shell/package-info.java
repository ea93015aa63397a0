/// The shell: its language, and its loop.
@NullMarked
package dev.firn.cli.shell;

import org.jspecify.annotations.NullMarked;
