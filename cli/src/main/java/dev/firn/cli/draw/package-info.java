/// What the command line draws: figures, tables of text, and the tree.
@NullMarked
package dev.firn.cli.draw;

import org.jspecify.annotations.NullMarked;
