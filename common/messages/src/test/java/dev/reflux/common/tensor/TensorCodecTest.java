package dev.reflux.common.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorLayout;
import dev.reflux.common.message.TensorType;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorCodecTest {

    @Property(tries = 200)
    void givenAnyMap_whenSentAsFp32_thenEveryBitArrives(
            @ForAll @IntRange(min = 1, max = 9) int classes,
            @ForAll @IntRange(min = 1, max = 7) int height,
            @ForAll @IntRange(min = 1, max = 11) int width,
            @ForAll long seed)
            throws RejectedFrameException {
        LogitMap map = random(new TensorShape(classes, height, width), 100f, seed);

        LogitMap received = TensorCodec.decode(TensorCodec.encode(map, TensorType.TENSOR_TYPE_FP32));

        assertThat(received.shape()).isEqualTo(map.shape());
        assertThat(received.values()).containsExactly(map.values());
    }

    @Property(tries = 200)
    void givenAnyMap_whenSentAsFp16_thenRelativeErrorIsWithinHalfAStep(
            @ForAll @FloatRange(min = 0.01f, max = 60000f) float range, @ForAll long seed)
            throws RejectedFrameException {
        LogitMap map = random(new TensorShape(3, 5, 7), range, seed);

        LogitMap received = TensorCodec.decode(TensorCodec.encode(map, TensorType.TENSOR_TYPE_FP16));

        for (int i = 0; i < map.values().length; i++) {
            float bound = Math.max(0x1p-25f, Math.abs(map.values()[i]) * 0x1p-11f);
            assertThat(Math.abs(received.values()[i] - map.values()[i])).isLessThanOrEqualTo(bound);
        }
    }

    @Property(tries = 200)
    void givenAnyMap_whenSentAsInt8_thenErrorIsWithinHalfAStepOfItsClass(
            @ForAll @IntRange(min = 1, max = 20) int classes,
            @ForAll @FloatRange(min = 0.01f, max = 1e6f) float range,
            @ForAll long seed)
            throws RejectedFrameException {
        LogitMap map = random(new TensorShape(classes, 6, 5), range, seed);

        LogitMap received = TensorCodec.decode(TensorCodec.encode(map, TensorType.TENSOR_TYPE_INT8));

        for (int c = 0; c < classes; c++) {
            float min = Float.POSITIVE_INFINITY;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = c * 30; i < c * 30 + 30; i++) {
                min = Math.min(min, map.values()[i]);
                max = Math.max(max, map.values()[i]);
            }
            float rounding = Math.max(Math.abs(min), Math.abs(max)) * 1e-6f;
            float bound = (max - min) / 510 * 1.0001f + rounding;
            for (int i = c * 30; i < c * 30 + 30; i++) {
                assertThat(Math.abs(received.values()[i] - map.values()[i])).isLessThanOrEqualTo(bound);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, -0f, 3.25f, -80f, 1e30f, Float.MIN_VALUE})
    void givenAClassOfOneValue_whenSentAsInt8_thenTheValueArrives(float value) throws RejectedFrameException {
        LogitMap map = new LogitMap(new TensorShape(1, 1, 3), new float[] {value, value, value});

        LogitMap received = TensorCodec.decode(TensorCodec.encode(map, TensorType.TENSOR_TYPE_INT8));

        for (float v : received.values()) {
            assertThat(v).isCloseTo(value, org.assertj.core.data.Offset.offset(Math.abs(value) * 1e-5f + 1e-30f));
        }
    }

    @Test
    void givenTheWidestRange_whenSentAsInt8_thenNothingOverflows() throws RejectedFrameException {
        LogitMap map = new LogitMap(new TensorShape(1, 1, 2), new float[] {-Float.MAX_VALUE / 2, Float.MAX_VALUE / 2});

        LogitMap received = TensorCodec.decode(TensorCodec.encode(map, TensorType.TENSOR_TYPE_INT8));

        assertThat(received.values()[0]).isLessThan(-Float.MAX_VALUE / 3);
        assertThat(received.values()[1]).isGreaterThan(Float.MAX_VALUE / 3);
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"TENSOR_TYPE_FP32", "TENSOR_TYPE_FP16", "TENSOR_TYPE_INT8"})
    void givenANaNOrInfiniteLogit_whenEncoded_thenItIsRefused(TensorType type) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            LogitMap map = new LogitMap(new TensorShape(1, 1, 2), new float[] {1f, bad});

            assertThatThrownBy(() -> TensorCodec.encode(map, type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("finite");
        }
    }

    @Test
    void givenInt8_whenCountingBytes_thenItTakesAQuarterOfFp32AndItsScales() {
        LogitMap map = random(new TensorShape(19, 45, 60), 10f, 1);

        int int8 = TensorCodec.payloadBytes(TensorCodec.encode(map, TensorType.TENSOR_TYPE_INT8));

        assertThat(int8).isEqualTo(19 * 45 * 60 + 19 * 8);
    }

    @Test
    void givenContradictoryTensors_whenDecoded_thenEachIsABadTensor() {
        Tensor sound = TensorCodec.encode(random(new TensorShape(2, 3, 4), 5f, 1), TensorType.TENSOR_TYPE_INT8);
        Tensor[] bad = {
            Tensor.getDefaultInstance(),
            sound.toBuilder().clearShape().addShape(2).addShape(12).build(),
            sound.toBuilder().setShape(0, 3).build(),
            sound.toBuilder().setShape(1, 0).build(),
            sound.toBuilder().setShape(0, -1).setShape(1, -1).setShape(2, -1).build(),
            sound.toBuilder().setLayoutValue(7).build(),
            sound.toBuilder().setTypeValue(99).build(),
            sound.toBuilder().clearScale().build(),
            sound.toBuilder().setScale(1, Float.NaN).build(),
            sound.toBuilder().setLayout(TensorLayout.TENSOR_LAYOUT_UNSPECIFIED).build(),
            sound.toBuilder().setData(ByteString.EMPTY).build(),
        };
        for (Tensor tensor : bad) {
            assertThatThrownBy(() -> TensorCodec.decode(tensor))
                    .isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                            .isEqualTo(Rejection.BAD_TENSOR));
        }
    }

    /** Every half-precision number there is, against the definition of the format. */
    @Test
    void givenEveryHalfPrecisionPattern_whenReadAndWritten_thenItIsTheSamePattern() {
        for (int pattern = 0; pattern < 65536; pattern++) {
            short bits = (short) pattern;
            int exponent = pattern >> 10 & 31;
            int mantissa = pattern & 1023;
            double magnitude = exponent == 0
                    ? mantissa * Math.pow(2, -24)
                    : exponent == 31
                            ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                            : (1024 + mantissa) * Math.pow(2, exponent - 25);
            double expected = pattern >= 32768 ? -magnitude : magnitude;

            float value = Float16.value(bits);

            assertThat(Double.valueOf(value)).isEqualTo(Double.valueOf(expected));
            if (!Double.isNaN(expected)) {
                assertThat(Float16.bits(value)).isEqualTo(bits);
            }
        }
    }

    @Property
    void givenAnyFloat_whenRoundedToHalf_thenNoNeighbourIsNearer(
            @ForAll @FloatRange(min = -65500f, max = 65500f) float value) {
        short bits = Float16.bits(value);

        double error = Math.abs((double) Float16.value(bits) - value);

        for (int neighbour : new int[] {bits - 1, bits + 1}) {
            float other = Float16.value((short) neighbour);
            if (Float.isFinite(other)) {
                assertThat(Math.abs((double) other - value)).isGreaterThanOrEqualTo(error);
            }
        }
    }

    private static LogitMap random(TensorShape shape, float range, long seed) {
        Random random = new Random(seed);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextFloat() * 2 - 1) * range;
        }
        return new LogitMap(shape, values);
    }
}
