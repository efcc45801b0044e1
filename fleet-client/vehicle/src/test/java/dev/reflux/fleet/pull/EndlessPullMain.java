package dev.reflux.fleet.pull;

import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import java.net.URI;
import java.nio.file.Path;

/** A vehicle that swaps students as fast as it can, until it is killed. Says "pulling" when it has begun. */
final class EndlessPullMain {

    private EndlessPullMain() {}

    /** Endpoint, access key, secret key, model, folder, number of versions. */
    public static void main(String[] args) {
        StoreSettings settings = new StoreSettings(URI.create(args[0]), "us-east-1", "reflux", args[1], args[2]);
        try (ModelRegistry registry = ModelRegistry.open(settings)) {
            StudentPuller puller = new StudentPuller(
                    registry.reader(), args[3], Path.of(args[4]), PullPolicy.DEFAULT.withDowngrade(true));
            int versions = Integer.parseInt(args[5]);
            for (int i = 0; ; i++) {
                puller.pull(String.valueOf(1 + i % versions));
                if (i == 0) {
                    System.out.println("pulling");
                }
            }
        }
    }
}
