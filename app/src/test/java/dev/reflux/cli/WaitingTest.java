package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WaitingTest {

    @Test
    void givenBrokersThatAreNotThere_whenPushing_thenThatIsSaidWithinTwoSecondsAndAgain() throws Exception {
        StringWriter errors = new StringWriter();
        Thread push = new Thread(() -> RefluxCommandLine.execute(
                new PrintWriter(new StringWriter()),
                new PrintWriter(errors, true),
                "fleet",
                "push",
                "--dataset",
                "synthetic:7,5",
                "--bootstrap-servers",
                "127.0.0.1:1"));

        push.start();

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> errors.toString()
                .contains("Waiting for the brokers at 127.0.0.1:1"));
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> errors.toString().split("Waiting for", -1).length > 2);
        push.join();
        assertThat(errors.toString()).contains("127.0.0.1:1, 2 s so far");
    }
}
