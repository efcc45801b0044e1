package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.KafkaPropertiesFile;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.model.ModelCard;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.gate.GateRules;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.torch.TorchOptions;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.guard.GuardSettings;
import dev.reflux.trainer.loop.LoopSettings;
import dev.reflux.trainer.update.LearnerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configuration, read and checked as a whole: files exist and match each other, names are known.
 * Nothing has been started yet.
 *
 * @param config the configuration
 * @param kafka the brokers
 * @param store the store of the registry
 * @param signingKey the key that versions are signed with; empty if they are not signed
 * @param schema the student's classes
 * @param student the student that training begins with
 * @param plugins the parts that the configuration selects by name
 * @param learner how the student learns
 * @param schedule when the trainer makes steps, checkpoints and versions
 * @param guard the limits beyond which the guard acts
 * @param drift what a drift leads to
 * @param gate the rules of the promotion gate; empty if only people promote versions
 * @param torch the device and threads of the computation
 */
record TrainerSettings(
        TrainerConfig config,
        KafkaSettings kafka,
        StoreSettings store,
        Optional<SigningKey> signingKey,
        LabelSchema schema,
        StudentFile student,
        TrainerPlugins plugins,
        LearnerSettings learner,
        TrainingSchedule schedule,
        GuardSettings guard,
        DriftReaction.Settings drift,
        Optional<GateRules> gate,
        TorchOptions torch) {

    /** The warm-up of a student that starts from random weights. */
    private static final long WARM_UP_FRAMES = 80;

    /**
     * Reads and checks a configuration.
     *
     * @throws UsageException if a file, a class or a name of the configuration cannot be used
     */
    static TrainerSettings of(TrainerConfig config) {
        Path cardFile = Path.of(config.student().card());
        ModelCard card = ModelCard.read(cardFile);
        card.verify(card.modelFile(cardFile));
        LabelSchema schema = schema(config, card);
        TrainerPlugins plugins = TrainerPlugins.of(config);
        TrainerSettings settings = new TrainerSettings(
                config,
                new KafkaSettings(
                        config.kafka().bootstrapServers(),
                        KafkaPropertiesFile.with(
                                config.kafka().propertiesFile().map(Path::of),
                                config.kafka().properties()),
                        "trainer.kafka.bootstrap-servers"),
                store(config.store()),
                signingKey(config.publish()),
                schema,
                new StudentFile(cardFile, schema, config.student().fresh(), (int)
                        config.student().seed()),
                plugins,
                learner(config, plugins.loss(), card),
                schedule(config),
                guard(config.guard(), config.learning().distrust()),
                new DriftReaction.Settings(
                        config.drift().detector(),
                        config.drift().boost(),
                        config.drift().boostSteps()),
                gate(config.gate()),
                new TorchOptions(
                        config.compute().threads().orElse(Runtime.getRuntime().availableProcessors()),
                        config.compute().device()));
        settings.studentView();
        return settings;
    }

    /** Returns the name of the model in the registry. */
    String model() {
        return config.student().name();
    }

    /** Returns the size at which the student looks at frames; empty for the one at which its teacher looked. */
    Optional<ImageSize> studentView() {
        TrainerConfig.View view = config.student().view();
        if (view.width().isPresent() != view.height().isPresent()) {
            throw new UsageException("trainer.student.view has a width or a height only; give both or none.");
        }
        return view.width().isPresent()
                ? Optional.of(
                        new ImageSize(view.width().getAsInt(), view.height().getAsInt()))
                : Optional.empty();
    }

    Path checkpoints() {
        return Path.of(config.checkpoint().folder());
    }

    /** Returns the settings that every manifest names: those that determine what the student learns. */
    Map<String, String> published() {
        Map<String, String> published = new TreeMap<>();
        published.put("loss", learner.loss().toString());
        published.put("learning-rate", String.valueOf(learner.learningRate()));
        published.put("warm-up-frames", String.valueOf(learner.warmUpFrames()));
        published.put(
                "replay", config.learning().replay() + " " + config.learning().replayCapacity());
        published.put("updates", String.valueOf(config.learning().updates()));
        if (learner.consistency() > 0) {
            published.put("consistency", String.valueOf(learner.consistency()));
        }
        if (learner.classBalance() > 0) {
            published.put("class-balance", String.valueOf(learner.classBalance()));
        }
        if (config.learning().distrust()) {
            published.put("distrust", "true");
        }
        studentView().ifPresent(view -> published.put("view", view.toString()));
        published.put("seed", String.valueOf(config.student().seed()));
        return published;
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
                        "Label schema \"" + id + "\" is unknown; add its file to trainer.label-schemas."));
    }

    private static Optional<SigningKey> signingKey(TrainerConfig.Publish publish) {
        if (publish.requireSigned() && publish.keyFile().isEmpty()) {
            throw new UsageException("trainer.publish.require-signed is true and there is no key; name the file that"
                    + " \"reflux models key\" wrote in trainer.publish.key-file.");
        }
        return publish.keyFile().map(Path::of).map(SigningKey::read);
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

    private static Optional<GateRules> gate(TrainerConfig.Gate gate) {
        return gate.enabled()
                ? Optional.of(new GateRules(
                        gate.floor(),
                        gate.mayLose(),
                        gate.classMayLose(),
                        gate.domainMayLose(),
                        gate.quiet(),
                        gate.reports(),
                        gate.reportShare()))
                : Optional.empty();
    }

    private static TrainingSchedule schedule(TrainerConfig config) {
        LearningConfig learning = config.learning();
        return new TrainingSchedule(
                loop(config),
                learning.newFrames(),
                config.kafka().queue() / 2,
                config.checkpoint().everyFrames(),
                config.checkpoint().publishEveryFrames());
    }

    static GuardSettings guard(GuardConfig guard, boolean distrust) {
        return new GuardSettings(
                guard.enabled(),
                guard.largestLogit(),
                guard.leastContrast(),
                guard.frozenFrames(),
                guard.mostSpecks(),
                guard.agreementMargin(),
                guard.leastAgreement(),
                guard.explosion(),
                guard.collapse(),
                distrust);
    }

    static LoopSettings loop(TrainerConfig config) {
        LearningConfig learning = config.learning();
        return new LoopSettings(learning.replayedFrames(), learning.updates(), learning.goodEnough());
    }

    static LearnerSettings learner(TrainerConfig config, DistillationMethod loss, ModelCard student) {
        LearningConfig learning = config.learning();
        return new LearnerSettings(
                loss,
                learning.warmUpFrames().orElse(student.training().isEmpty() ? WARM_UP_FRAMES : 0),
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
