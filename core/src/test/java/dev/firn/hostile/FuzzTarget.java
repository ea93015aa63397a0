package dev.firn.hostile;

import java.util.List;

/// A decoder that is given any bytes. It puts checksums right where there are some: whoever guesses
/// bytes does not guess checksums.
public interface FuzzTarget {
    /// A few words.
    String name();

    /// Valid inputs to begin with.
    List<byte[]> seeds();

    /// Decodes. Errors that the decoder may report for bytes that are wrong are not thrown.
    ///
    /// @throws Exception anything else, which is a finding
    void accept(byte[] input) throws Exception;
}
