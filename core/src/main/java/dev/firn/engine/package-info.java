/// The only package that knows all the others: commit pipeline, read views, flush, compaction,
/// recovery, stalls, obsolete files.
@NullMarked
package dev.firn.engine;

import org.jspecify.annotations.NullMarked;
