package dev.firn.bench.store;

import java.nio.file.Path;

/// How a store is opened.
///
/// @param directory its directory, which exists
/// @param budgetBytes the memory for caches (and, in Firn, for everything)
/// @param memtableBytes the size of a write buffer, where there is one
/// @param isSynced whether each write waits until it is on the disk
public record Setup(
        Path directory, long budgetBytes, long memtableBytes, boolean isSynced) {}
