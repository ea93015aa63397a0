/// How the content of a file is told to a person.
@NullMarked
package dev.firn.dump;

import org.jspecify.annotations.NullMarked;
