package dev.reflux.torch.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    @Test
    void givenTensors_whenWritten_thenTheBytesAreTheFormats() {
        byte[] file = Safetensors.write(
                List.of(NamedTensor.ofFloats("w", new float[] {1, -2}, 2, 1)), Map.of("format", "pt"));

        String header =
                "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.getLong();
        assertThat(length % 8).isZero();
        assertThat(new String(file, 8, (int) length, StandardCharsets.UTF_8).stripTrailing())
                .isEqualTo(header);
        assertThat(bytes.getFloat(8 + (int) length)).isEqualTo(1);
        assertThat(bytes.getFloat(12 + (int) length)).isEqualTo(-2);
        assertThat(file).hasSize(16 + (int) length);
    }

    @Test
    void givenAScalarAndWholeNumbers_whenReadBack_thenTheyAreAsWritten() {
        ByteBuffer count = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -5);
        NamedTensor scalar = new NamedTensor("num_batches_tracked", NamedTensor.Type.I64, List.of(), count);

        Safetensors.File file = Safetensors.read(Safetensors.write(List.of(scalar), Map.of()));

        NamedTensor read = file.require("num_batches_tracked");
        assertThat(read.type()).isEqualTo(NamedTensor.Type.I64);
        assertThat(read.shape()).isEmpty();
        assertThat(read.data().getLong(0)).isEqualTo(-5);
        assertThat(file.metadata()).isEmpty();
    }

    @Property(tries = 50)
    void givenAnyValues_whenReadBack_thenEveryBitIsKept(@ForAll @Size(max = 40) float[] values) {
        byte[] file = Safetensors.write(
                List.of(
                        NamedTensor.ofFloats("a", values, values.length),
                        NamedTensor.ofFloats("b", values, 1, values.length)),
                Map.of("k", "v"));

        Safetensors.File read = Safetensors.read(file);

        assertThat(Safetensors.write(read.tensors(), read.metadata())).isEqualTo(file);
        assertThat(bits(read.require("b").floats())).isEqualTo(bits(values));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    static Stream<byte[]> damaged() {
        byte[] sound = Safetensors.write(List.of(NamedTensor.ofFloats("w", new float[] {1, 2}, 2)), Map.of());
        byte[] longHeader = sound.clone();
        longHeader[5] = 1;
        byte[] otherType = new String(sound, StandardCharsets.ISO_8859_1)
                .replace("F32", "F64")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] otherShape = new String(sound, StandardCharsets.ISO_8859_1)
                .replace("[2]", "[3]")
                .getBytes(StandardCharsets.ISO_8859_1);
        return Stream.of(
                new byte[0],
                "safetensors?".getBytes(StandardCharsets.UTF_8),
                Arrays.copyOf(sound, sound.length - 1),
                longHeader,
                otherType,
                otherShape);
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void givenDamagedBytes_whenRead_thenTheyAreRefused(byte[] bytes) {
        assertThatThrownBy(() -> Safetensors.read(bytes)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0,9223372036854775807]",
                "[9223372036854775800,9223372036854775807]",
                "[-8,0]",
                "[4,0]",
                "[0]",
                "[0,8,8]",
                "[0.5,8]",
                "\"0,8\"",
                "null"
            })
    void givenOffsetsThatCannotBe_whenRead_thenTheyAreRefused(String offsets) {
        refuses("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + offsets + "}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[4294967296,4294967296]",
                "[3037000500,3037000500,0]",
                "[-1,-2]",
                "[1e3]",
                "7",
                "[[2]]",
                "[2,9223372036854775807]"
            })
    void givenAShapeThatCannotBe_whenRead_thenItIsRefused(String shape) {
        refuses("{\"w\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "{\"w\":[]}", "{\"w\":null}", "{\"w\":{}}", "\u0000\u0000\u00fe\u00ff    "})
    void givenAnotherHeader_whenRead_thenItIsRefused(String header) {
        refuses(header);
    }

    private static void refuses(String header) {
        byte[] json = header.getBytes(StandardCharsets.ISO_8859_1);
        byte[] file = ByteBuffer.allocate(8 + json.length + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();

        assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givenAnyDamage_whenRead_thenNothingButARefusalComesOfIt() {
        byte[] sound = Safetensors.write(
                List.of(
                        NamedTensor.ofFloats("weight", new float[6], 2, 3),
                        NamedTensor.ofFloats("bias", new float[2], 2)),
                Map.of("kind", "head"));
        Random random = new Random(3);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = sound.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            byte[] part = Arrays.copyOf(damaged, damaged.length - (i % 4 == 0 ? random.nextInt(30) : 0));
            try {
                read += Safetensors.read(part).tensors().isEmpty() ? 0 : 1;
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
        assertThat(read).isBetween(1, 19_999);
    }

    @Test
    void givenANameTwice_whenWritten_thenItIsRefused() {
        NamedTensor w = NamedTensor.ofFloats("w", new float[] {1}, 1);

        assertThatThrownBy(() -> Safetensors.write(List.of(w, w), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("w");
    }
}
