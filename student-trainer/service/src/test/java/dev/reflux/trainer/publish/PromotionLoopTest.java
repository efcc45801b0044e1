package dev.reflux.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A failing task costs its own run and nothing else. */
@Timeout(60)
class PromotionLoopTest {

    private static final Duration NEVER = Duration.ofDays(1);

    @Test
    void givenATaskThatEndsInAnError_whenTheIntervalPasses_thenTheScheduleGoesOn() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(3);
        Runnable broken = () -> {
            runs.countDown();
            throw new NoClassDefFoundError("gone");
        };

        try (PromotionLoop loop =
                new PromotionLoop("m", Duration.ofMillis(1), List.of(new PromotionLoop.Task("broken", broken)))) {

            assertThat(runs.await(30, TimeUnit.SECONDS)).as("three runs").isTrue();
        }
    }

    @Test
    void givenTwoTasks_whenTheFirstFails_thenTheSecondRunsAllTheSame() {
        AtomicInteger second = new AtomicInteger();
        Runnable failing = () -> {
            throw new IllegalStateException("no");
        };

        new PromotionLoop(
                        "m",
                        NEVER,
                        List.of(
                                new PromotionLoop.Task("failing", failing),
                                new PromotionLoop.Task("counting", second::incrementAndGet)))
                .close();

        assertThat(second).hasValueGreaterThanOrEqualTo(1);
    }

    @Test
    void givenALoopThatNeverTurnsByItself_whenAVersionIsPublished_thenTheTasksRun() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        Runnable task = () -> {
            first.countDown();
            second.countDown();
        };
        try (PromotionLoop loop = new PromotionLoop("m", NEVER, List.of(new PromotionLoop.Task("counting", task)))) {
            first.await();

            loop.published();

            assertThat(second.await(30, TimeUnit.SECONDS))
                    .as("a run after the one at the start")
                    .isTrue();
        }
    }
}
