package dev.reflux.trainer;

import dev.reflux.common.config.ConfigLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A trainer in a process of its own: takes a file of settings and a number of samples, and prints what it held. */
final class SmallHeapTrainer {

    private SmallHeapTrainer() {}

    public static void main(String[] args) throws Exception {
        Map<String, String> keys = new HashMap<>();
        for (String line : Files.readAllLines(Path.of(args[0]), StandardCharsets.UTF_8)) {
            int at = line.indexOf('=');
            keys.put(line.substring(0, at), line.substring(at + 1));
        }
        TrainerConfig config = ConfigLoader.load(TrainerConfig.class, null, Map.of(), keys);
        try (TrainerService trainer = TrainerService.start(config, new TrainerListener() {})) {
            trainer.finishAfter(Long.parseLong(args[1]));
            if (trainer.failure().isPresent()) {
                throw new IllegalStateException(trainer.failure().get());
            }
            System.out.println("trained " + trainer.counts().trained());
        }
        System.exit(0);
    }
}
