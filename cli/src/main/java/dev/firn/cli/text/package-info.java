/// Bytes as text: escapes, and the formats in which entries are dumped and loaded.
@NullMarked
package dev.firn.cli.text;

import org.jspecify.annotations.NullMarked;
