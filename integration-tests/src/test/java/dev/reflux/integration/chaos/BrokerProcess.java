package dev.reflux.integration.chaos;

import dev.reflux.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The embedded broker as a process of its own, behind a proxy: FOLDER PORT ADVERTISED. */
public final class BrokerProcess {

    private BrokerProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedKafka broker = EmbeddedKafka.start(
                Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop"));
        System.out.println("The broker is there.");
        new CountDownLatch(1).await();
    }
}
