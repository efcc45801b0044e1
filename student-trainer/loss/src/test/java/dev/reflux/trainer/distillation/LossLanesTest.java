package dev.reflux.trainer.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The caller frees the tensors when the sum is there, or has failed: no lane may work on them then. */
@Timeout(60)
class LossLanesTest {

    private static TorchRuntime runtime;

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(3, "cpu"));
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    /** Lane 1 has failed when the caller begins to wait; lane 2 ends only when the caller waits for it, or has left. */
    @Test
    void givenALaneThatFails_whenAnotherStillWorks_thenTheSumFailsOnlyAfterThatOneHasEnded() {
        AtomicReference<Thread> failedLane = new AtomicReference<>();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean left = new AtomicBoolean();
        CountDownLatch lastLaneWorks = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        try (LossLanes lanes = new LossLanes(runtime)) {
            LossLanes.Work<Integer> work = run -> {
                switch (run.first()) {
                    case 0 -> untilIdle(failedLane, lastLaneWorks);
                    case 1 -> {
                        failedLane.set(Thread.currentThread());
                        throw new IllegalStateException("lane 1 failed");
                    }
                    default -> {
                        lastLaneWorks.countDown();
                        while (caller.getState() != Thread.State.WAITING && !left.get()) {
                            Thread.onSpinWait();
                        }
                        ended.set(true);
                    }
                }
                return 1;
            };

            Throwable failure = catchThrowable(() -> lanes.sum(3, 1, work, Integer::sum));

            boolean endedBeforeTheCallerLeft = ended.get();
            left.set(true);
            assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("lane 1 failed");
            assertThat(endedBeforeTheCallerLeft).isTrue();
        }
    }

    /** The caller's own lane: it ends when lane 1 has failed for good and lane 2 is at work. */
    private static void untilIdle(AtomicReference<Thread> lane, CountDownLatch lastLaneWorks) {
        while (lastLaneWorks.getCount() > 0 || lane.get() == null || lane.get().getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void givenLanesThatAllFail_whenSummed_thenTheFirstOnesExceptionCarriesTheOthers() {
        try (LossLanes lanes = new LossLanes(runtime)) {
            LossLanes.Work<Integer> work = run -> {
                throw new IllegalStateException("part " + run.first());
            };

            Throwable failure = catchThrowable(() -> lanes.sum(3, 1, work, Integer::sum));

            assertThat(failure).hasMessage("part 0");
            assertThat(failure.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("part 1", "part 2");
        }
    }

    @Test
    void givenMorePartsThanLanes_whenSummed_thenEachPartIsWorkedOnceAndResultsAreInTheirOrder() {
        try (LossLanes lanes = new LossLanes(runtime)) {
            String sum = lanes.sum(7, 1, run -> run.first() + "+" + run.count(), (a, b) -> a + " " + b);

            assertThat(sum).isEqualTo("0+2 2+2 4+3");
        }
    }
}
