/// The proof of `docs/guarantees.md`: attacks on whole stores, what they count, and the campaign
/// that runs them for a given time.
@NullMarked
package dev.firn.prove;

import org.jspecify.annotations.NullMarked;
