/// The demonstrations: a store at work on real data, and the textbook.
@NullMarked
package dev.firn.cli.demo;

import org.jspecify.annotations.NullMarked;
