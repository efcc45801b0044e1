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

    /** @throws UsageException when a file that the configuration names cannot be used */
    static TrainerSettings of(TrainerConfig config) {
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
}
