package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.model.ModelCard;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.torch.TorchOptions;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.update.LearnerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configuration, read and checked as a whole: files are there, belong together, and numbers are in range. Nothing
 * has been started yet. Immutable.
 *
 * @param config what was given
 * @param kafka the brokers
 * @param store where versions go
 * @param signingKey what versions are signed with; empty: they are not
 * @param schema the student's classes
 * @param learner how it learns
 * @param cadence when what is due
 * @param torch where it computes
 */
record TrainerSettings(
        TrainerConfig config,
        KafkaSettings kafka,
        StoreSettings store,
        Optional<SigningKey> signingKey,
        LabelSchema schema,
        LearnerSettings learner,
        Cadence cadence,
        TorchOptions torch) {

    /** @throws UsageException naming every number that is out of range, or the first file that will not do */
    static TrainerSettings of(TrainerConfig config) {
        requireRanges(config);
        Path cardFile = Path.of(config.student().card());
        ModelCard card = ModelCard.read(cardFile);
        card.verify(card.modelFile(cardFile));
        return new TrainerSettings(
                config,
                new KafkaSettings(
                        config.kafka().bootstrapServers(),
                        config.kafka().properties(),
                        "trainer.kafka.bootstrap-servers"),
                store(config.store()),
                config.publish().keyFile().map(Path::of).map(SigningKey::read),
                schema(config, card),
                learner(config),
                cadence(config),
                new TorchOptions(
                        config.compute().threads().orElse(Runtime.getRuntime().availableProcessors()),
                        config.compute().device()));
    }

    /** Name of the model line. */
    String model() {
        return config.student().name();
    }

    Path card() {
        return Path.of(config.student().card());
    }

    Path checkpoints() {
        return Path.of(config.checkpoint().folder());
    }

    /** The settings that a manifest tells of: those that shape what is learnt. */
    Map<String, String> published() {
        Map<String, String> told = new TreeMap<>();
        told.put("loss", learner.loss().toString());
        told.put("learning-rate", String.valueOf(learner.learningRate()));
        told.put("warm-up-frames", String.valueOf(learner.warmUpFrames()));
        told.put("replay", config.learning().replay() + " " + config.learning().replayCapacity());
        told.put("updates", String.valueOf(config.learning().updates()));
        if (learner.consistency() > 0) {
            told.put("consistency", String.valueOf(learner.consistency()));
        }
        if (learner.classBalance() > 0) {
            told.put("class-balance", String.valueOf(learner.classBalance()));
        }
        told.put("seed", String.valueOf(config.student().seed()));
        return told;
    }

    private static LabelSchema schema(TrainerConfig config, ModelCard card) {
        LabelSchemas schemas = LabelSchemas.builtIn();
        for (String file : config.labelSchemas().orElse(List.of())) {
            schemas = schemas.with(LabelSchema.read(Path.of(file)));
        }
        LabelSchema ofCard = card.labelSchema();
        String id = config.student().labelSchema().orElse(ofCard.id());
        if (id.equals(ofCard.id())) {
            return schemas.find(id).orElse(ofCard);
        }
        return schemas.find(id)
                .orElseThrow(() -> new UsageException(
                        "Label schema \"" + id + "\" is not known; give its file in trainer.label-schemas."));
    }

    private static StoreSettings store(TrainerConfig.Store store) {
        return new StoreSettings(
                endpoint(store.endpoint()), store.region(), store.bucket(), store.accessKey(), store.secretKey());
    }

    private static URI endpoint(String given) {
        String remedy = "trainer.store.endpoint is \"" + given + "\"; write it as http://HOST:PORT.";
        try {
            URI uri = URI.create(given);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null) {
                throw new UsageException(remedy);
            }
            return uri;
        } catch (IllegalArgumentException e) {
            throw new UsageException(remedy, e);
        }
    }

    private static Cadence cadence(TrainerConfig config) {
        return new Cadence(
                config.learning().newFrames(),
                config.learning().replayedFrames(),
                config.learning().updates(),
                config.learning().goodEnough(),
                config.kafka().queue() / 2,
                config.checkpoint().everyFrames(),
                config.checkpoint().publishEveryFrames(),
                config.learning().driftBoost());
    }

    static LearnerSettings learner(TrainerConfig config) {
        TrainerConfig.Learning learning = config.learning();
        TrainerConfig.Loss loss = config.loss();
        return new LearnerSettings(
                new LossSettings(
                        loss.kd(),
                        loss.hakd(),
                        loss.projection(),
                        loss.tau(),
                        loss.kemAxis(),
                        loss.kmm(),
                        loss.kem(),
                        loss.kemTau()),
                learning.warmUpFrames(),
                learning.learningRate(),
                learning.learningRateWarmUp(),
                learning.weightDecay(),
                learning.clipNorm(),
                learning.emaDecay(),
                learning.photometric(),
                learning.flip(),
                learning.prequentialFading(),
                learning.consistency(),
                learning.classBalance());
    }

    private static void requireRanges(TrainerConfig config) {
        Mistakes mistakes = new Mistakes(new ArrayList<>());
        TrainerConfig.Learning learning = config.learning();
        mistakes.atLeast(2L * Math.max(1, learning.newFrames()), config.kafka().queue(), "kafka.queue");
        mistakes.atLeast(0, config.kafka().topicsWithin().toNanos(), "kafka.topics-within");
        mistakes.atLeast(1, config.checkpoint().everyFrames(), "checkpoint.every-frames");
        mistakes.atLeast(1, config.checkpoint().publishEveryFrames(), "checkpoint.publish-every-frames");
        mistakes.atLeast(1, learning.newFrames(), "learning.new-frames");
        mistakes.atLeast(0, learning.replayedFrames(), "learning.replayed-frames");
        mistakes.atLeast(1, learning.updates(), "learning.updates");
        mistakes.within(
                learning.goodEnough() > 0 && learning.goodEnough() <= 1,
                learning.goodEnough(),
                "learning.good-enough",
                "(0, 1]");
        mistakes.atLeast(0, learning.replayCapacity(), "learning.replay-capacity");
        mistakes.atLeast(0, learning.holdoutCapacity(), "learning.holdout-capacity");
        mistakes.atLeast(1, learning.duplicateWindow(), "learning.duplicate-window");
        mistakes.atLeast(0, learning.warmUpFrames(), "learning.warm-up-frames");
        mistakes.atLeast(0, learning.learningRateWarmUp(), "learning.learning-rate-warm-up");
        mistakes.atLeast(0, learning.linger().toNanos(), "learning.linger");
        mistakes.atLeast(0, config.health().port(), "health.port");
        config.compute().threads().ifPresent(threads -> mistakes.atLeast(1, threads, "compute.threads"));
        mistakes.above(0, learning.learningRate(), "learning.learning-rate");
        mistakes.above(0, learning.clipNorm(), "learning.clip-norm");
        mistakes.above(0, learning.driftBoost(), "learning.drift-boost");
        mistakes.above(0, config.loss().tau(), "loss.tau");
        mistakes.above(0, config.loss().kemTau(), "loss.kem-tau");
        mistakes.atLeast(0, learning.weightDecay(), "learning.weight-decay");
        mistakes.atLeast(0, learning.consistency(), "learning.consistency");
        mistakes.within(
                learning.classBalance() >= 0 && learning.classBalance() <= 1,
                learning.classBalance(),
                "learning.class-balance",
                "[0, 1]");
        mistakes.atLeast(0, config.loss().kd(), "loss.kd");
        mistakes.atLeast(0, config.loss().hakd(), "loss.hakd");
        mistakes.atLeast(0, config.loss().projection(), "loss.projection");
        mistakes.within(
                learning.holdoutFraction() >= 0 && learning.holdoutFraction() < 1,
                learning.holdoutFraction(),
                "learning.holdout-fraction",
                "[0, 1)");
        mistakes.within(
                learning.emaDecay() >= 0 && learning.emaDecay() < 1,
                learning.emaDecay(),
                "learning.ema-decay",
                "[0, 1)");
        mistakes.within(
                learning.photometric() >= 0 && learning.photometric() <= 1,
                learning.photometric(),
                "learning.photometric",
                "[0, 1]");
        mistakes.within(
                learning.prequentialFading() > 0 && learning.prequentialFading() <= 1,
                learning.prequentialFading(),
                "learning.prequential-fading",
                "(0, 1]");
        mistakes.requireNone();
    }

    /** What is out of range, gathered so that all of it is told at once. */
    private record Mistakes(List<String> found) {

        void atLeast(long least, long value, String key) {
            if (value < least) {
                found.add("trainer." + key + " is " + value + " and must be at least " + least);
            }
        }

        void atLeast(double least, double value, String key) {
            if (!(value >= least)) {
                found.add("trainer." + key + " is " + value + " and must be at least " + least);
            }
        }

        void above(double bound, double value, String key) {
            if (!(value > bound)) {
                found.add("trainer." + key + " is " + value + " and must be above " + bound);
            }
        }

        void within(boolean inside, double value, String key, String range) {
            if (!inside) {
                found.add("trainer." + key + " is " + value + " and must be in " + range);
            }
        }

        void requireNone() {
            if (!found.isEmpty()) {
                throw new UsageException("The trainer's configuration has mistakes: " + String.join("; ", found) + ".");
            }
        }
    }
}
