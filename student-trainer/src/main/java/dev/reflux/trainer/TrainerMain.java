package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one trainer until it is told to stop. */
public final class TrainerMain {

    private static final Logger LOG = LoggerFactory.getLogger(TrainerMain.class);

    private TrainerMain() {}

    /**
     * Reads the files that the configuration names, without starting anything.
     *
     * @throws UsageException when it will not do
     */
    public static void check(TrainerConfig config) {
        Path cardFile = Path.of(config.student().card());
        ModelCard card = ModelCard.read(cardFile);
        card.verify(card.modelFile(cardFile));
        config.labelSchemas().orElse(List.of()).forEach(file -> LabelSchema.read(Path.of(file)));
        try {
            URI.create(config.store().endpoint());
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "trainer.store.endpoint is \"" + config.store().endpoint() + "\"; write it as http://HOST:PORT.",
                    e);
        }
    }

    /**
     * Blocks until the JVM is asked to end or the service fails.
     *
     * @return exit code: 0 after a stop, 1 after a failure
     * @throws UsageException when the configuration will not do
     */
    public static int run(TrainerConfig config) {
        Topics.require(
                new KafkaSettings(
                        config.kafka().bootstrapServers(), config.kafka().properties()),
                List.of(Topics.DISTILLATION_SAMPLES));
        try (TrainerService service = TrainerService.start(config, new TrainerListener() {})) {
            Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop"));
            service.awaitEnd();
            if (service.failure().isEmpty()) {
                return 0;
            }
            LOG.error("The trainer stops: {}", service.failure().get().getMessage());
            return 1;
        }
    }
}
