package dev.reflux.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of fuzz/run: every input that was ever kept, and some thousand damaged copies of each. */
class DecoderTest {

    private static final int COPIES = 1000;

    @ParameterizedTest
    @EnumSource(Decoder.class)
    void givenWholeBytes_whenDecoded_thenTheyAreAccepted(Decoder decoder) {
        assertThat(Seeds.of(decoder)).isNotEmpty().allSatisfy((name, bytes) -> assertThat(decoder.refusal(bytes))
                .as(name)
                .isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Decoder.class)
    void givenTheCorpus_whenDecoded_thenNothingButSentencesComesOfIt(Decoder decoder) throws IOException {
        List<byte[]> corpus = corpus(decoder);

        assertThat(corpus).allSatisfy(decoder::refusal);
    }

    @ParameterizedTest
    @EnumSource(Decoder.class)
    void givenDamagedCopies_whenDecoded_thenNothingButSentencesComesOfThem(Decoder decoder) throws IOException {
        List<byte[]> whole = new ArrayList<>(Seeds.of(decoder).values());
        whole.addAll(corpus(decoder));
        Random random = new Random(decoder.ordinal());

        int refused = 0;
        for (int i = 0; i < COPIES; i++) {
            refused += decoder.refusal(damaged(whole.get(i % whole.size()), random))
                            .isPresent()
                    ? 1
                    : 0;
        }

        assertThat(refused).isPositive();
    }

    private static List<byte[]> corpus(Decoder decoder) throws IOException {
        if (!Files.exists(decoder.corpus())) {
            return List.of();
        }
        List<byte[]> corpus = new ArrayList<>();
        try (Stream<Path> files = Files.list(decoder.corpus())) {
            for (Path file : files.sorted().toList()) {
                corpus.add(Files.readAllBytes(file));
            }
        }
        return corpus;
    }

    /** Some bytes other, removed, doubled, or as a length that is declared: all bits set. */
    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, at);
                case 3 -> {
                    for (int i = at; i < Math.min(bytes.length, at + 4); i++) {
                        bytes[i] = (byte) (i == at ? 0x7f : 0xff);
                    }
                }
                default -> {
                    byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 8);
                    System.arraycopy(
                            bytes,
                            at,
                            longer,
                            Math.min(at + 8, longer.length - (bytes.length - at)),
                            bytes.length - at);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }
}
