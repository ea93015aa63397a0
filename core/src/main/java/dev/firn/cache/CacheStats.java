package dev.firn.cache;

/// How the block cache is doing.
///
/// @param hits lookups that were answered from it; threads that count at the same moment may lose
///     one
/// @param misses reservations of frames for blocks that were not in it
/// @param evictions blocks displaced by others or by a need for memory elsewhere
/// @param blocks how many it holds now
/// @param bytes of memory it holds now
public record CacheStats(long hits, long misses, long evictions, long blocks, long bytes) {}
