package dev.reflux.lab.logits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.common.tensor.TensorShape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogitEncodingsTest {

    private static final int CLASSES = 11;
    private static final int HEIGHT = 7;
    private static final int WIDTH = 9;
    private static final int CELLS = HEIGHT * WIDTH;

    /** Counted by hand: 63 cells, 11 classes, 8 bytes for a scale and an offset. */
    @ParameterizedTest
    @CsvSource({
        "fp32, 2772", // 4 * 693
        "fp16, 1386", // 2 * 693
        "int8, 781", //  693 + 11 * 8
        "int4, 435", //  693 / 2 rounded up + 11 * 8
        "top3, 379", //  4 maps of 63 + 3 * 63 ids of 4 bits, rounded up + 4 * 8
        "top1, 174", //  2 maps of 63 + 63 ids of 4 bits, rounded up + 2 * 8
        "half, 308", //  11 * 4 * 5 + 11 * 8
    })
    void givenAMap_whenEncoded_thenItTakesTheBytesThatWereCountedByHand(String name, int bytes) {
        Tensor tensor = encoding(name).encode(random(1));

        assertThat(TensorCodec.payloadBytes(tensor)).isEqualTo(bytes);
    }

    /** The message is all that a reader has. */
    @ParameterizedTest
    @ValueSource(strings = {"fp32", "fp16", "int8", "int4", "top3", "half"})
    void givenABatchOfMaps_whenSentAsBytes_thenWhatIsReadIsWhatATrainerWouldSee(String name) throws Exception {
        LogitEncoding encoding = encoding(name);
        LogitMap map = random(2);

        LogitMap read = encoding.decode(Tensor.parseFrom(encoding.encode(map).toByteArray()));

        assertThat(read.shape()).isEqualTo(encoding.seen(map).shape());
        assertThat(read.values()).isEqualTo(encoding.seen(map).values());
        assertThat(read.shape().classes()).isEqualTo(CLASSES);
    }

    @Test
    void givenAMap_whenFp32_thenNothingIsLost() {
        LogitMap map = random(3);

        assertThat(encoding("fp32").seen(map).values()).isEqualTo(map.values());
    }

    @ParameterizedTest
    @CsvSource({"int8, 510", "int4, 30"})
    void givenAMap_whenQuantised_thenEachClassIsMetWithinHalfAStepAndItsExtremesAreReached(String name, int halves) {
        LogitMap map = random(4);

        LogitMap seen = encoding(name).seen(map);

        for (int c = 0; c < CLASSES; c++) {
            float[] before = plane(map, c);
            float[] after = plane(seen, c);
            double range = max(before) - min(before);
            for (int i = 0; i < CELLS; i++) {
                assertThat((double) after[i]).isCloseTo(before[i], within(range / halves * 1.001));
            }
            assertThat(min(after)).isCloseTo(min(before), within(range * 1e-5));
            assertThat(max(after)).isCloseTo(max(before), within(range * 1e-5));
            assertThat(IntStream.range(0, CELLS).mapToObj(i -> after[i]).distinct())
                    .hasSizeLessThanOrEqualTo(halves / 2 + 1);
        }
    }

    @Test
    void givenAClassThatIsTheSameEverywhere_whenInt4_thenItStaysSo() {
        float[] values = new float[CLASSES * CELLS];
        Arrays.fill(values, -3.25f);

        LogitMap seen = encoding("int4").seen(new LogitMap(new TensorShape(CLASSES, HEIGHT, WIDTH), values));

        assertThat(seen.values()).containsOnly(-3.25f);
    }

    @Test
    void givenACellOfFiveClasses_whenTop2_thenTheHighestTwoStayAndTheRestIsItsMean() {
        LogitMap map = new LogitMap(new TensorShape(5, 1, 2), new float[] {1, -1, 7, 2, 3, 9, -2, 2, 5, -4});

        LogitMap seen = encoding("top2").seen(map);

        // Cell 0 is 1, 7, 3, -2, 5: 7 and 5 stay, the others' mean is 2/3. Cell 1 is -1, 2, 9, 2, -4: 9 and the first
        // 2.
        float rest0 = 2 / 3f;
        float rest1 = -1;
        float[] expected = {rest0, rest1, 7, 2, rest0, 9, rest0, rest1, 5, rest1};
        assertThat(seen.values()).hasSize(10);
        for (int i = 0; i < 10; i++) {
            // Ranks are 7 and 9, 5 and 2, 2/3 and -1: half a step of the widest is 3/510.
            assertThat(seen.values()[i]).as("value " + i).isCloseTo(expected[i], within(0.006f));
        }
    }

    @Test
    void givenFewerClassesThanK_whenEncoded_thenNothingButTheStepsIsLost() {
        LogitMap map = new LogitMap(new TensorShape(3, 1, 2), new float[] {1, 4, 2, 5, 3, 9});

        assertThat(encoding("top7").seen(map).values())
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(1, 4, 2, 5, 3, 9);
    }

    @Test
    void givenAnOddGrid_whenHalved_thenEachCellIsTheMeanOfWhatItCovers() {
        LogitMap map = new LogitMap(new TensorShape(2, 3, 2), new float[] {1, 3, 5, 7, 9, 11, 0, 0, 0, 0, 255, 255});

        LogitMap seen = encoding("half").seen(map);

        // Rows 0 and 1, then 1 and 2: the middle row is half in either.
        assertThat(seen.shape()).isEqualTo(new TensorShape(2, 2, 1));
        assertThat(seen.values()[0]).isCloseTo(4, within(0.01f));
        assertThat(seen.values()[1]).isCloseTo(8, within(0.01f));
        assertThat(seen.values()[2]).isCloseTo(0, within(0.3f));
        assertThat(seen.values()[3]).isCloseTo(127.5f, within(0.3f));
    }

    @Test
    void givenAWhatIf_whenTheProductReadsIt_thenItIsRefused() {
        LogitMap map = random(5);

        assertThatThrownBy(() -> TensorCodec.decode(encoding("int4").encode(map)))
                .isInstanceOf(RejectedFrameException.class);
        assertThatThrownBy(() -> TensorCodec.decode(encoding("top3").encode(map)))
                .isInstanceOf(RejectedFrameException.class);
    }

    @Test
    void givenNumbersOfFiveBits_whenPacked_thenTheyComeBackFromTheLeastBytes() {
        int[] numbers = {0, 31, 7, 16, 1, 30, 21};

        byte[] packed = PackedBits.pack(numbers, 5);

        assertThat(packed).hasSize(5);
        assertThat(PackedBits.unpack(packed, 7, 5)).isEqualTo(numbers);
        assertThat(IntStream.of(1, 2, 3, 11, 16, 17, 256).map(PackedBits::width))
                .containsExactly(1, 1, 2, 4, 4, 5, 8);
    }

    @ParameterizedTest
    @CsvSource({"'fp32,int3', int3", "'fp32,top0', top0", "'fp32,int8,int8', twice", "int8, fp32"})
    void givenWordsThatWillNotDo_whenParsed_thenOneSentenceNamesThem(String words, String says) {
        assertThatThrownBy(() -> LogitEncodings.parse(List.of(words.split(","))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(says);
    }

    private static LogitEncoding encoding(String name) {
        return LogitEncodings.parse(name.equals("fp32") ? List.of(name) : List.of("fp32", name)).stream()
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    private static LogitMap random(long seed) {
        Random random = new Random(seed);
        float[] values = new float[CLASSES * CELLS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (8 * random.nextGaussian() - i / CELLS);
        }
        return new LogitMap(new TensorShape(CLASSES, HEIGHT, WIDTH), values);
    }

    private static float[] plane(LogitMap map, int c) {
        return Arrays.copyOfRange(map.values(), c * CELLS, (c + 1) * CELLS);
    }

    private static double min(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .min()
                .orElseThrow();
    }

    private static double max(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .max()
                .orElseThrow();
    }
}
