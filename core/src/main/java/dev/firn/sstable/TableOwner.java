package dev.firn.sstable;

/// The keyspace that a table was written for. The manifest says to which keyspace a table belongs;
/// this is for those who have only the table.
///
/// @param id the keyspace's number
/// @param name the keyspace's name
public record TableOwner(int id, String name) {}
