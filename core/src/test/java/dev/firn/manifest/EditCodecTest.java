package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.FirnException;
import dev.firn.storage.CorruptException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The bytes of edits, among them such as a newer Firn may write.
class EditCodecTest {
    private static final String NEXT_FILE_9 = "1801" + "09";

    @Test
    void changesAreTaggedAndHaveTheirLengthInFront() throws Exception {
        assertThat(hex("next-file 9")).isEqualTo(NEXT_FILE_9);
        assertThat(hex("store 0807060504030201 1")).isEqualTo("0209" + "0102030405060708" + "01");
        assertThat(hex("remove ks1 L2 r300 4")).isEqualTo("0e05" + "01" + "02" + "ac02" + "04");
        assertThat(hex("trim ks1 L0 r3 4 b..")).isEqualTo("1007" + "01000304" + "020162");
        assertThat(hex("snapshot-ended")).isEqualTo("0400");
    }

    @Test
    void anUnknownOptionalChangeIsSkipped() throws Exception {
        // Number 40, optional: tag 81.
        assertThat(text("5103" + "ffffff" + NEXT_FILE_9)).isEqualTo("next-file 9");
        assertThat(text("5100")).isEmpty();
    }

    @Test
    void anUnknownRequiredChangeIsOfANewerFirn() {
        assertNewer("5003" + "ffffff" + NEXT_FILE_9, "change 40 is unknown");
    }

    @Test
    void anUnknownOptionalFieldIsSkipped() throws Exception {
        // Field 5, optional: tag 11.
        assertThat(text("1804" + "09" + "0b01ff")).isEqualTo("next-file 9");
        assertThat(text("100a" + "01000304" + "020162" + "0b01ff"))
                .isEqualTo("trim ks1 L0 r3 4 b..");
    }

    @Test
    void anUnknownRequiredFieldIsOfANewerFirn() {
        assertNewer("1804" + "09" + "0a01ff", "field 5 of change 12 is unknown");
        // A bound is one only where there can be bounds.
        assertNewer("1804" + "09" + "0201ff", "field 1 of change 12 is unknown");
    }

    @Test
    void aNewerFormatVersionIsRefusedBeforeAnythingElse() {
        assertNewer("0209" + "0102030405060708" + "02" + "ff", "format version 2 is unknown");
        assertNewer("0605" + "01" + "0161" + "03" + "00", "shape 3 of a keyspace is unknown");
        assertNewer("0605" + "01" + "0161" + "00" + "03", "codec 3 of a keyspace is unknown");
    }

    @Test
    void damageIsNamed() {
        assertCorrupt("18", "length does not end");
        assertCorrupt("1802" + "09", "length has 2 bytes, of which 1 are there");
        assertCorrupt("1801" + "89", "next file does not end");
        assertCorrupt("1802" + "8900", "malformed varint");
        assertCorrupt("180a" + "ffffffffffffffffff01", "next file is too large");
        assertCorrupt("180b" + "ffffffffffffffffffff01", "next file does not end");
        assertCorrupt("1901" + "09", "change 12 is marked optional");
        assertCorrupt("1004" + "01000304", "a trim needs a bound");
        assertCorrupt("0e04" + "01400304", "level is 64, of at most 63");
        assertCorrupt("0e08" + "8080808010000304", "keyspace is 4294967296");
        assertCorrupt("1007" + "01000304" + "030162", "field 1 is marked optional");
        assertCorrupt("1007" + "01000304" + "000162", "field 0 stands behind field 0");
        // Fields fall, or come twice.
        assertCorrupt("100a" + "01000304" + "040164" + "020162", "field 1 stands behind field 2");
        assertCorrupt("100a" + "01000304" + "020162" + "020162", "field 1 stands behind field 1");
        // A key that is longer than there are bytes, and one that is longer than keys are.
        assertCorrupt("1008" + "01000304" + "02ffff7f", "lower bound has 2097151 bytes");
        assertCorrupt("10898004" + "01000304" + "02818004" + "00".repeat(65_537),
                "lower bound has 65537 bytes, of at most 65536");
    }

    private static String hex(String change) {
        return HexFormat.of().formatHex(EditEncoder.encode(ManifestText.edit(
                change.lines().toList())));
    }

    private static String text(String hex) throws CorruptException {
        byte[] bytes = HexFormat.of().parseHex("aa" + hex + "aa");
        VersionEdit edit = EditDecoder.decode(bytes, 1, bytes.length - 2, "MANIFEST-000001", 64);
        return String.join("\n", edit.changes().stream().map(ManifestText::text).toList());
    }

    private static void assertNewer(String hex, String message) {
        assertThatThrownBy(() -> text(hex)).isInstanceOf(FirnException.class)
                .hasMessageContaining("MANIFEST-000001 at offset 64: " + message)
                .hasMessageContaining("newer Firn").extracting("kind")
                .isEqualTo(FirnException.Kind.INCOMPATIBLE);
    }

    private static void assertCorrupt(String hex, String message) {
        assertThatThrownBy(() -> text(hex)).isInstanceOf(CorruptException.class)
                .hasMessageContaining("MANIFEST-000001 at offset 64: edit is damaged")
                .hasMessageContaining(message);
    }
}
