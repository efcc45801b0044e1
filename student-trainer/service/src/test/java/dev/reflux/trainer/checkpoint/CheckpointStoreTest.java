package dev.reflux.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.trainer.fates.FateLog;
import dev.reflux.trainer.fates.FateRun;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TeacherIdentity;
import dev.reflux.trainer.wanted.Choice;
import dev.reflux.trainer.wanted.FrameScore;
import dev.reflux.trainer.wanted.WantedFrame;
import dev.reflux.trainer.wanted.WantedState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {

    @TempDir
    Path folder;

    private static TrainerCheckpoint checkpoint(long trained) {
        byte[] weights = new byte[1000];
        new Random(trained).nextBytes(weights);
        TrainerState state = new TrainerState(
                "student",
                "tiny-5",
                Map.of(0, 17L, 3, Long.MAX_VALUE - 1),
                new TrainerState.Counts(trained, 2, 3, 4, 5),
                Long.MIN_VALUE + 5,
                new double[] {1, 0.1 + 0.2, Double.MIN_VALUE},
                List.of(new SampleReference(0, 5), new SampleReference(3, 7)),
                99,
                List.of(new SampleReference(0, 6)),
                12,
                13,
                List.of(-1L, 0L, Long.MAX_VALUE),
                List.of(-1L, 5L, new FramePlace("frames.labeled", "id", 3, 9).packed()),
                "page-hinkley",
                new double[] {4, 1e300, -0.0, Math.PI},
                77,
                new TeacherIdentity("teacher", "head"),
                6,
                true,
                40,
                new FateLog.State(
                        Map.of(0, 4L),
                        List.of(new FateRun(
                                0, "duplicate", "", 4, 16, 12, new FramePlace("frames.labeled", "id", 0, 3), null))),
                "NMu5mJUnRk-tsCcMaOiUDA",
                30,
                List.of(new TrainerState.Gap(0, 20, 50)),
                new TrainerState.Wanted(
                        new WantedState(3, 17, List.of(wanted("f1", null))),
                        List.of(new Choice(2, 1, wanted("f0", new FramePlace("frames.labeled", "id", 3, 9))))));
        return new TrainerCheckpoint(state, Map.of("student", weights, "ema", new byte[0]));
    }

    private static WantedFrame wanted(String id, @Nullable FramePlace source) {
        return new WantedFrame(id, "camera", "vehicle", 5, source, new FrameScore(0.1 + 0.2, 1.5, Math.PI));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private Path newestFile() throws IOException {
        List<String> whole =
                files().stream().filter(name -> name.endsWith(".rfx")).toList();
        return folder.resolve(whole.get(whole.size() - 1));
    }

    private static void assertSame(TrainerCheckpoint found, TrainerCheckpoint written) {
        assertThat(found.state()).usingRecursiveComparison().isEqualTo(written.state());
        assertThat(found.tensors()).containsOnlyKeys(written.tensors().keySet());
        written.tensors()
                .forEach((name, bytes) -> assertThat(found.tensors().get(name)).isEqualTo(bytes));
    }

    @Test
    void givenAnEmptyFolder_whenAsked_thenThereIsNone() {
        assertThat(new CheckpointStore(folder.resolve("new/one")).newest()).isEmpty();
    }

    @Test
    void givenACheckpoint_whenReadByAnother_thenEveryBitIsAsWritten() {
        new CheckpointStore(folder).write(checkpoint(8));

        TrainerCheckpoint found = new CheckpointStore(folder).newest().orElseThrow();

        assertSame(found, checkpoint(8));
    }

    /** A checkpoint of a build that chose no frames to be labeled. */
    @Test
    void givenAStateWithoutWantedLabels_whenRead_thenAllElseIsAsWritten() throws Exception {
        ObjectMapper json = new ObjectMapper();
        ObjectNode old = json.valueToTree(checkpoint(8).state());
        old.remove("wanted");

        TrainerState read = json.treeToValue(old, TrainerState.class);

        assertThat(read.wanted()).isNull();
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("wanted")
                .isEqualTo(checkpoint(8).state());
    }

    @Test
    void givenManyCheckpoints_whenWritten_thenTheLastTwoAreKeptAndNumbersGoOnAfterARestart() throws Exception {
        CheckpointStore first = new CheckpointStore(folder);
        first.write(checkpoint(1));
        first.write(checkpoint(2));

        new CheckpointStore(folder).write(checkpoint(3));

        assertThat(files()).containsExactly("checkpoint-0000000002.rfx", "checkpoint-0000000003.rfx");
        assertSame(new CheckpointStore(folder).newest().orElseThrow(), checkpoint(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 12, 500, -1})
    void givenANewestFileThatIsCutShort_whenAsked_thenTheOneBeforeItCounts(int length) throws Exception {
        CheckpointStore checkpoints = new CheckpointStore(folder);
        checkpoints.write(checkpoint(1));
        checkpoints.write(checkpoint(2));
        byte[] whole = Files.readAllBytes(newestFile());
        Files.write(newestFile(), Arrays.copyOf(whole, length < 0 ? whole.length + length : length));

        TrainerCheckpoint found = new CheckpointStore(folder).newest().orElseThrow();

        assertSame(found, checkpoint(1));
    }

    @Test
    void givenAnyBitFlipped_whenAsked_thenTheOneBeforeItCounts() throws Exception {
        CheckpointStore checkpoints = new CheckpointStore(folder);
        checkpoints.write(checkpoint(1));
        checkpoints.write(checkpoint(2));
        Path newest = newestFile();
        byte[] whole = Files.readAllBytes(newest);

        for (int at = 0; at < whole.length; at += 37) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 1;
            Files.write(newest, flipped);
            assertSame(new CheckpointStore(folder).newest().orElseThrow(), checkpoint(1));
        }
    }

    /** Every place at which a disk or a copy may stop, in the only checkpoint and in the newest of two. */
    @Test
    void givenAFileCutAtEveryByte_whenAsked_thenTheOneBeforeItCountsOrOneSentenceRefuses() throws Exception {
        CheckpointStore checkpoints = new CheckpointStore(folder);
        checkpoints.write(checkpoint(1));
        Path first = newestFile();
        checkpoints.write(checkpoint(2));
        Path newest = newestFile();
        byte[] whole = Files.readAllBytes(newest);
        byte[] before = Files.readAllBytes(first);

        for (int length = 0; length < whole.length; length++) {
            Files.write(first, before);
            Files.write(newest, Arrays.copyOf(whole, length));
            assertSame(new CheckpointStore(folder).newest().orElseThrow(), checkpoint(1));

            Files.write(first, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> new CheckpointStore(folder).newest())
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("No checkpoint in");
        }
    }

    /** Files whose checksum is right and whose content is not: random lengths, counts, names and states. */
    @Test
    void givenChangedBytesUnderARightChecksum_whenAsked_thenTheOneBeforeItCountsOrTheChangeIsHarmless()
            throws Exception {
        CheckpointStore checkpoints = new CheckpointStore(folder);
        checkpoints.write(checkpoint(1));
        checkpoints.write(checkpoint(2));
        Path newest = newestFile();
        byte[] whole = Files.readAllBytes(newest);
        Random random = new Random(5);

        for (int round = 0; round < 3000; round++) {
            byte[] changed = whole.clone();
            int at = random.nextInt(changed.length - 8);
            for (int i = 0; i <= random.nextInt(4) && at + i < changed.length - 8; i++) {
                changed[at + i] = (byte) random.nextInt(256);
            }
            CRC32C sum = new CRC32C();
            sum.update(changed, 0, changed.length - 8);
            ByteBuffer.wrap(changed).putLong(changed.length - 8, sum.getValue());
            Files.write(newest, changed);

            assertThat(new CheckpointStore(folder).newest()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 30})
    void givenAnAbsurdSizeInTheHeader_whenAsked_thenNothingOfThatSizeIsMade(int size) throws Exception {
        CheckpointStore checkpoints = new CheckpointStore(folder);
        checkpoints.write(checkpoint(1));
        checkpoints.write(checkpoint(2));
        byte[] changed = Files.readAllBytes(newestFile());
        for (int at : new int[] {4, 8 + 2 + "ema".length()}) {
            byte[] absurd = changed.clone();
            ByteBuffer.wrap(absurd).putInt(at, size);
            CRC32C sum = new CRC32C();
            sum.update(absurd, 0, absurd.length - 8);
            ByteBuffer.wrap(absurd).putLong(absurd.length - 8, sum.getValue());
            Files.write(folder.resolve("checkpoint-0000000002.rfx"), absurd);

            assertSame(new CheckpointStore(folder).newest().orElseThrow(), checkpoint(1));
        }
    }

    @Test
    void givenForeignFilesInTheFolder_whenOpened_thenTheyAreLeftAlone() throws Exception {
        Files.writeString(folder.resolve("checkpoint-abc.rfx"), "x");
        Files.writeString(folder.resolve("checkpoint-99999999999999999999.rfx"), "x");

        CheckpointStore checkpoints = new CheckpointStore(folder);

        assertThat(checkpoints.newest()).isEmpty();
    }

    @Test
    void givenALocaleWithItsOwnDigits_whenWritten_thenTheFileHasTheSameNameAndIsFound() throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa-IR-u-nu-arabext"));
        try {
            new CheckpointStore(folder).write(checkpoint(1));
        } finally {
            Locale.setDefault(before);
        }

        assertThat(files()).containsExactly("checkpoint-0000000001.rfx");
    }

    @Test
    void givenAFileThatCannotBeWritten_whenWritten_thenOneSentenceSaysSoAndTheOneBeforeItIsUnharmed() throws Exception {
        CheckpointStore checkpoints = new CheckpointStore(folder);
        checkpoints.write(checkpoint(1));
        Files.createDirectory(folder.resolve("checkpoint-0000000002.rfx.part"));

        assertThatThrownBy(() -> checkpoints.write(checkpoint(2)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot be written")
                .hasMessageContaining("unharmed");
        assertSame(new CheckpointStore(folder).newest().orElseThrow(), checkpoint(1));
    }

    @Test
    void givenADamagedNewestFile_whenTheTrainerGoesOn_thenTheWholeOneBeforeIsNotTheOneThatIsRemoved() throws Exception {
        CheckpointStore checkpoints = new CheckpointStore(folder);
        checkpoints.write(checkpoint(1));
        checkpoints.write(checkpoint(2));
        Files.write(newestFile(), new byte[20]);
        CheckpointStore resumed = new CheckpointStore(folder);
        resumed.newest();

        resumed.write(checkpoint(3));
        Files.write(newestFile(), new byte[20]);

        assertSame(new CheckpointStore(folder).newest().orElseThrow(), checkpoint(1));
    }

    @Test
    void givenNoWholeFileAtAll_whenAsked_thenItRefusesToStartAfresh() throws Exception {
        new CheckpointStore(folder).write(checkpoint(1));
        Files.write(newestFile(), new byte[20]);

        assertThatThrownBy(() -> new CheckpointStore(folder).newest())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("backup");
    }

    @Test
    void givenAKillBetweenWriteAndRename_whenStartedAgain_thenTheLastWholeOneCountsAndWritingGoesOn() throws Exception {
        new CheckpointStore(folder).write(checkpoint(1));
        byte[] whole = Files.readAllBytes(newestFile());
        Files.write(folder.resolve("checkpoint-0000000002.rfx.part"), Arrays.copyOf(whole, whole.length + 500));

        CheckpointStore resumed = new CheckpointStore(folder);

        assertSame(resumed.newest().orElseThrow(), checkpoint(1));
        resumed.write(checkpoint(5));
        assertThat(files()).containsExactly("checkpoint-0000000001.rfx", "checkpoint-0000000002.rfx");
        assertSame(new CheckpointStore(folder).newest().orElseThrow(), checkpoint(5));
    }

    @Test
    void givenAFileWhereTheFolderShouldBe_whenOpened_thenOneSentenceSaysSo() throws Exception {
        Path file = Files.writeString(folder.resolve("taken"), "x");

        assertThatThrownBy(() -> new CheckpointStore(file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("taken");
    }
}
