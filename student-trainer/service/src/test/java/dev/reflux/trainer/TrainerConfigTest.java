package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.UsageException;
import dev.reflux.evaluation.drift.Adwin;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.guard.GuardSettings;
import dev.reflux.trainer.loop.LoopSettings;
import dev.reflux.trainer.replay.FifoReplay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerConfigTest {

    @TempDir
    private Path directory;

    private static Map<String, String> needed() {
        Map<String, String> keys = new HashMap<>();
        keys.put("trainer.student.card", Samples.STUDENT.toString());
        keys.put("trainer.store.access-key", "a");
        keys.put("trainer.store.secret-key", "s");
        keys.put("trainer.checkpoint.folder", "checkpoints");
        return keys;
    }

    private static TrainerConfig load(Map<String, String> more) {
        Map<String, String> keys = needed();
        keys.putAll(more);
        return ConfigLoader.load(TrainerConfig.class, null, Map.of(), keys);
    }

    @Test
    void givenOnlyWhatIsNeeded_whenLoaded_thenEveryOtherSettingHasItsDocumentedDefault() {
        TrainerConfig config = load(Map.of());

        assertThat(config.kafka().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(config.kafka().group()).isEqualTo("reflux-trainer");
        assertThat(config.kafka().topicsWithin()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.kafka().queue()).isEqualTo(24);
        assertThat(config.kafka().properties()).isEmpty();
        assertThat(config.student().name()).isEqualTo("student");
        assertThat(config.student().labelSchema()).isEmpty();
        assertThat(config.student().fresh()).isFalse();
        assertThat(config.student().seed()).isEqualTo(1);
        assertThat(config.store().endpoint()).isEqualTo("http://localhost:9000");
        assertThat(config.store().region()).isEqualTo("us-east-1");
        assertThat(config.store().bucket()).isEqualTo("reflux");
        assertThat(config.store().patience()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.guard().enabled()).isTrue();
        assertThat(config.guard().largestLogit()).isEqualTo(10_000);
        assertThat(config.guard().leastContrast()).isEqualTo(2);
        assertThat(config.guard().frozenFrames()).isEqualTo(5);
        assertThat(config.guard().mostSpecks()).isEqualTo(0.1);
        assertThat(config.guard().agreementMargin()).isEqualTo(0.25);
        assertThat(config.guard().leastAgreement()).isEqualTo(0.35);
        assertThat(config.guard().explosion()).isEqualTo(30);
        assertThat(config.guard().collapse()).isEqualTo(0.6);
        assertThat(config.wanted().enabled()).isTrue();
        assertThat(config.wanted().everyFrames()).isEqualTo(32);
        assertThat(config.wanted().labels()).isEqualTo(1);
        assertThat(TrainerSettings.guard(config.guard(), config.learning().distrust()))
                .isEqualTo(GuardSettings.STANDARD);
        assertThat(config.checkpoint().everyFrames()).isEqualTo(40);
        assertThat(config.checkpoint().publishEveryFrames()).isEqualTo(80);
        assertThat(config.checkpoint().beginAnew()).isFalse();
        assertThat(config.checkpoint().newTopic()).isEmpty();
        LearningConfig learning = config.learning();
        assertThat(learning.newFrames()).isEqualTo(4);
        assertThat(learning.distrust()).isFalse();
        assertThat(learning.replayedFrames()).isEqualTo(4);
        assertThat(learning.updates()).isEqualTo(4);
        assertThat(learning.linger()).isEqualTo(Duration.ofSeconds(5));
        assertThat(learning.replayCapacity()).isEqualTo(250);
        assertThat(learning.replay()).isEqualTo("reservoir");
        assertThat(learning.replayOptions()).isEmpty();
        assertThat(learning.holdoutFraction()).isEqualTo(0.1);
        assertThat(learning.holdoutCapacity()).isEqualTo(48);
        assertThat(learning.duplicateWindow()).isEqualTo(100_000);
        assertThat(learning.warmUpFrames()).isEmpty();
        assertThat(learning.learningRate()).isEqualTo(0.002);
        assertThat(learning.learningRateWarmUp()).isEqualTo(20);
        assertThat(learning.weightDecay()).isEqualTo(0.01);
        assertThat(learning.clipNorm()).isEqualTo(5);
        assertThat(learning.emaDecay()).isEqualTo(0.95);
        assertThat(learning.photometric()).isEqualTo(0.25f);
        assertThat(learning.flip()).isTrue();
        assertThat(learning.prequentialFading()).isEqualTo(0.98);
        assertThat(learning.consistency()).isZero();
        assertThat(learning.classBalance()).isEqualTo(0.5);
        assertThat(learning.goodEnough()).isEqualTo(1);
        assertThat(config.drift().detector()).isEqualTo("page-hinkley");
        assertThat(config.drift().delta()).isEqualTo(0.05);
        assertThat(config.drift().lambda()).isEqualTo(3);
        assertThat(config.drift().minimum()).isEqualTo(12);
        assertThat(config.drift().options()).isEmpty();
        assertThat(config.drift().boost()).isEqualTo(1.5);
        assertThat(config.drift().boostSteps()).isEqualTo(60);
        assertThat(config.loss().method()).isEqualTo("heteroakd");
        assertThat(config.loss().options()).isEmpty();
        assertThat(config.loss().kd()).isEqualTo(0.1);
        assertThat(config.loss().hakd()).isEqualTo(10);
        assertThat(config.loss().projection()).isEqualTo(1);
        assertThat(config.loss().tau()).isEqualTo(1);
        assertThat(config.loss().kemAxis()).isEqualTo(KemAxis.PIXELS);
        assertThat(config.loss().kmm()).isTrue();
        assertThat(config.loss().kem()).isTrue();
        assertThat(config.loss().kemTau()).isEqualTo(3);
        assertThat(config.compute().device()).isEqualTo("auto");
        assertThat(config.compute().threads()).isEmpty();
        assertThat(config.health().port()).isEqualTo(8082);
        assertThat(config.publish().requireSigned()).isFalse();
        assertThat(config.gate().reports()).isEqualTo(2);
        assertThat(config.gate().reportShare()).isEqualTo(0.5);
        assertThat(config.labelSchemas()).isEmpty();
    }

    @Test
    void givenAConfiguration_whenRead_thenEachPartGetsItsSettings() {
        TrainerSettings settings = TrainerSettings.of(load(Map.of(
                "trainer.kafka.queue", "30",
                "trainer.learning.new-frames", "5",
                "trainer.learning.updates", "3",
                "trainer.loss.hakd", "2",
                "trainer.learning.learning-rate", "0.25",
                "trainer.compute.threads", "3")));

        assertThat(settings.schedule()).isEqualTo(new TrainingSchedule(new LoopSettings(4, 3, 1), 5, 15, 40, 80));
        assertThat(settings.drift()).isEqualTo(new DriftReaction.Settings("page-hinkley", 1.5, 60));
        assertThat(settings.learner().loss()).isEqualTo(new LossSettings(0.1, 2, 1, 1, KemAxis.PIXELS, true, true, 3));
        assertThat(settings.learner().learningRate()).isEqualTo(0.25);
        assertThat(settings.learner().prequentialFading()).isEqualTo(0.98);
        assertThat(settings.torch().threads()).isEqualTo(3);
        assertThat(settings.schema().id()).isEqualTo("tiny-5");
        assertThat(settings.published())
                .containsEntry("replay", "reservoir 250")
                .containsEntry("class-balance", "0.5")
                .doesNotContainKey("consistency")
                .doesNotContainValue("s");
    }

    @Test
    void givenNoKeyWhereSigningIsRequired_whenRead_thenASentenceSaysWhereAKeyComesFrom() {
        TrainerConfig config = load(Map.of("trainer.publish.require-signed", "true"));

        assertThatThrownBy(() -> TrainerSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "trainer.publish.require-signed is true and there is no key; name the file that \"reflux models"
                                + " key\" wrote in trainer.publish.key-file.");
    }

    @Test
    void givenAConsistency_whenRead_thenTheLearnerHasItAndManifestsTellOfIt() {
        TrainerSettings settings = TrainerSettings.of(load(Map.of("trainer.learning.consistency", "0.5")));

        assertThat(settings.learner().consistency()).isEqualTo(0.5);
        assertThat(settings.published()).containsEntry("consistency", "0.5");
    }

    @Test
    void givenManyNumbersOutOfRange_whenLoaded_thenAllAreNamedAtOnce() {
        Map<String, String> keys = Map.ofEntries(
                Map.entry("trainer.kafka.queue", "7"),
                Map.entry("trainer.checkpoint.every-frames", "0"),
                Map.entry("trainer.learning.updates", "0"),
                Map.entry("trainer.learning.learning-rate", "0"),
                Map.entry("trainer.learning.holdout-fraction", "1"),
                Map.entry("trainer.learning.ema-decay", "1.5"),
                Map.entry("trainer.learning.photometric", "2"),
                Map.entry("trainer.learning.prequential-fading", "0"),
                Map.entry("trainer.learning.consistency", "-0.1"),
                Map.entry("trainer.learning.class-balance", "1.5"),
                Map.entry("trainer.loss.kem-tau", "0"),
                Map.entry("trainer.loss.tau", "-1"),
                Map.entry("trainer.gate.reports", "0"),
                Map.entry("trainer.compute.threads", "0"));

        assertThatThrownBy(() -> load(keys))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll(
                        "14 mistakes",
                        "\"trainer.kafka.queue\" is 7 and must be at least 8, 2 × trainer.learning.new-frames",
                        "\"trainer.learning.consistency\" is -0.1 and must be at least 0",
                        "\"trainer.learning.class-balance\" is 1.5 and must be in [0, 1]",
                        "\"trainer.loss.kem-tau\" is 0 and must be above 0",
                        "trainer.checkpoint.every-frames",
                        "trainer.learning.updates",
                        "trainer.learning.learning-rate",
                        "trainer.learning.holdout-fraction",
                        "trainer.learning.ema-decay",
                        "trainer.learning.photometric",
                        "trainer.learning.prequential-fading",
                        "trainer.loss.tau",
                        "trainer.gate.reports",
                        "trainer.compute.threads");
    }

    @Test
    void givenAWidthOfTheStudentsViewOnly_whenRead_thenASentenceAsksForBoth() {
        Map<String, String> keys = needed();
        keys.put("trainer.student.view.width", "192");
        TrainerConfig config = ConfigLoader.load(TrainerConfig.class, null, Map.of(), keys);

        assertThatThrownBy(() -> TrainerSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("trainer.student.view")
                .hasMessageContaining("give both or none");
    }

    @Test
    void givenMistakesOfEveryKind_whenLoaded_thenOneMessageNamesThemAll() {
        Map<String, String> keys = needed();
        keys.remove("trainer.student.card");
        keys.remove("trainer.store.secret-key");
        keys.put("trainer.learning.updates", "many");
        keys.put("trainer.loss.kem-axis", "ROWS");
        keys.put("trainer.lerning.flip", "true");
        keys.put("trainer.learning.flips", "true");
        keys.put("trainer.learning.ema-decay", "2");

        assertThatThrownBy(() -> ConfigLoader.load(TrainerConfig.class, null, Map.of(), keys))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll(
                        "trainer.student.card",
                        "trainer.store.secret-key",
                        "trainer.learning.updates",
                        "trainer.loss.kem-axis",
                        "trainer.lerning.flip",
                        "\"trainer.learning.ema-decay\" is 2 and must be in [0, 1)",
                        "trainer.learning.flips");
    }

    @Test
    void givenTheEnvironment_whenLoaded_thenItWins() throws Exception {
        Path file = Files.writeString(
                directory.resolve("t.yaml"), "trainer:\n  learning:\n    updates: 9\n    flip: false\n");

        TrainerConfig config =
                ConfigLoader.load(TrainerConfig.class, file, Map.of("REFLUX_TRAINER_LEARNING_UPDATES", "2"), needed());

        assertThat(config.learning().updates()).isEqualTo(2);
        assertThat(config.learning().flip()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"minio:9000", "localhost", "ftp://host", "http://", "http://a b", "://"})
    void givenAnEndpointThatIsNone_whenChecked_thenTheRemedyIsNamed(String endpoint) {
        TrainerConfig config = load(Map.of("trainer.store.endpoint", endpoint));

        assertThatThrownBy(() -> TrainerSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("trainer.store.endpoint")
                .hasMessageContaining("http://HOST:PORT");
    }

    @Test
    void givenASchemaThatNobodyKnows_whenChecked_thenTheRemedyIsNamed() {
        TrainerConfig config = load(Map.of("trainer.student.label-schema", "nobody-7"));

        assertThatThrownBy(() -> TrainerSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nobody-7")
                .hasMessageContaining("trainer.label-schemas");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong-sha.json", "absent.json"})
    void givenACardThatWillNotDo_whenChecked_thenItIsRefusedBeforeAnythingStarts(String card) {
        TrainerConfig config = load(Map.of(
                "trainer.student.card", Samples.STUDENT.resolveSibling(card).toString()));

        assertThatThrownBy(() -> TrainerMain.check(config)).isInstanceOf(UsageException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "trainer.loss.method, 'heteroakd'",
        "trainer.learning.replay, 'balanced, fifo, reservoir'",
        "trainer.drift.detector, 'adwin, page-hinkley'"
    })
    void givenANameThatNoJarProvides_whenChecked_thenOneSentenceListsThoseThereAre(String key, String names) {
        TrainerConfig config = load(Map.of(key, "nobody"));

        assertThatThrownBy(() -> TrainerSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        key + " is \"nobody\", which no jar on the class path provides; choose one of " + names + ".");
    }

    @ParameterizedTest
    @CsvSource({
        "trainer.loss.options.alpha, it has no options",
        "trainer.learning.replay-options.alpha, it has no options",
        "trainer.drift.options.alpha, it has no options"
    })
    void givenAnOptionThatTheProviderDoesNotHave_whenChecked_thenOneSentenceSaysSo(String key, String known) {
        TrainerConfig config = load(Map.of(key, "1"));

        assertThatThrownBy(() -> TrainerSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessage(key + " is not an option; " + known + ".");
    }

    @Test
    void givenNamesOfBuiltInProviders_whenRead_thenTheirPartsAreMadeWithTheConfiguredSettings() {
        TrainerPlugins plugins = TrainerSettings.of(load(Map.of(
                        "trainer.learning.replay", "FIFO",
                        "trainer.learning.replay-capacity", "7",
                        "trainer.drift.detector", "adwin",
                        "trainer.drift.options.confidence", "0.01",
                        "trainer.loss.kd", "0.5")))
                .plugins();

        assertThat(plugins.replay().policy()).isInstanceOf(FifoReplay.class);
        assertThat(plugins.drift()).isInstanceOf(Adwin.class);
        assertThat(plugins.loss()).isEqualTo(new LossSettings(0.5, 10, 1, 1, KemAxis.PIXELS, true, true, 3));
    }
}
