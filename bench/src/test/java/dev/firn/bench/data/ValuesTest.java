package dev.firn.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.zip.Deflater;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private static final int BLOCK = 4096;

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000})
    void blocksOfThemCompressToAboutHalf(int length) {
        Values values = new Values(length);
        KeyShape.Maker keys = KeyShape.DB.maker();
        byte[] value = new byte[length];
        byte[] block = new byte[BLOCK];
        long compressed = 0;
        int blocks = 200;
        long number = 0;
        for (int i = 0; i < blocks; i++) {
            for (int at = 0; at + length <= BLOCK; at += length) {
                values.fill(keys.present(number++), 0, value);
                System.arraycopy(value, 0, block, at, length);
            }
            compressed += LZ4Factory.safeInstance().fastCompressor().compress(block).length;
        }
        assertThat((double) compressed / blocks / BLOCK).isBetween(0.45, 0.62);
        Deflater deflater = new Deflater();
        deflater.setInput(block);
        deflater.finish();
        assertThat((double) deflater.deflate(new byte[2 * BLOCK]) / BLOCK).isBetween(0.4, 0.55);
        deflater.end();
    }

    @Test
    void whatIsNotTheValueOfTheKeyIsNoticed() {
        Values values = new Values(100);
        byte[] key = KeyShape.TEXT.maker().present(7);
        byte[] value = new byte[100];
        values.fill(key, 3, value);
        assertThat(values.isRight(key, key.length, value, 100)).isTrue();
        assertThat(values.isRight(key, key.length, value, 99)).isFalse();
        assertThat(values.isRight(key, key.length, value, -1)).isFalse();
        byte[] other = KeyShape.TEXT.maker().present(8);
        assertThat(values.isRight(other, other.length, value, 100)).isFalse();
        for (int at = 0; at < 100; at++) {
            value[at] ^= 1;
            assertThat(values.isRight(key, key.length, value, 100)).as("byte %s", at).isFalse();
            value[at] ^= 1;
        }
    }

    @Test
    void eachVersionIsAnotherValue() {
        Values values = new Values(100);
        byte[] key = KeyShape.DB.maker().present(7);
        byte[] first = new byte[100];
        byte[] second = new byte[100];
        values.fill(key, 1, first);
        values.fill(key, 2, second);
        assertThat(first).isNotEqualTo(second);
        assertThat(values.isRight(key, key.length, second, 100)).isTrue();
    }

    @Test
    void lengthsThatAreTooSmallAreRefused() {
        assertThatThrownBy(() -> new Values(15)).hasMessageContaining("16 bytes to 64 KiB");
    }
}
