package dev.reflux.teacher.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialStageTest {

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final WorkerExecutor worker = vertx.createSharedWorkerExecutor("work", 4);
    private final List<Integer> worked = new CopyOnWriteArrayList<>();
    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private final StageObserver observer = new StageObserver() {
        @Override
        public void worked(StageName stage, int frames, long nanos) {}

        @Override
        public void failed(StageName stage, Throwable cause) {
            failure.set(cause);
        }
    };

    private Link<Integer, Integer> link(SerialStage.Work<Integer, Integer> work) {
        return SerialStage.link(StageName.INFERENCE, context, worker, work, item -> 1, observer);
    }

    private Stage<Integer> stage(SerialStage.Work<Integer, Integer> work, Stage<Integer> next) {
        return link(work).into(next);
    }

    private Stage<Integer> sink() {
        return item -> {
            received.add(item);
            return Future.succeededFuture();
        };
    }

    @Test
    void givenManyItemsAndManyWorkers_whenOffered_thenTheyComeOutInOrder() {
        Stage<Integer> stage = stage(item -> 10 * item, sink());

        for (int i = 0; i < 100; i++) {
            stage.offer(i);
        }

        await().atMost(Duration.ofMinutes(1)).until(() -> received.size() == 100);
        assertThat(received).isSorted().startsWith(0, 10).endsWith(990);
    }

    @Test
    void givenANextStageThatIsBusy_whenOffered_thenNothingMoreIsWorkedOnUntilItTakes() {
        List<Promise<Void>> taken = new CopyOnWriteArrayList<>();
        Stage<Integer> stage = stage(
                item -> {
                    worked.add(item);
                    return item;
                },
                item -> {
                    Promise<Void> promise = Promise.promise();
                    taken.add(promise);
                    return promise.future();
                });
        Future<Void> first = stage.offer(1);
        Future<Void> second = stage.offer(2);

        await().atMost(Duration.ofMinutes(1)).until(() -> taken.size() == 1);

        assertThat(first.isComplete()).isTrue();
        assertThat(second.isComplete()).isFalse();
        assertThat(worked).containsExactly(1);
        taken.get(0).complete();
        await().atMost(Duration.ofMinutes(1)).until(() -> taken.size() == 2);
        assertThat(second.isComplete()).isTrue();
    }

    @Test
    void givenWorkThatTakesItsTime_whenAnotherItemIsOffered_thenTheEventLoopIsFree() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Stage<Integer> stage = stage(
                item -> {
                    go.await();
                    return item;
                },
                sink());

        stage.offer(1);
        vertx.runOnContext(now -> free.countDown());

        assertThat(free.await(10, TimeUnit.SECONDS)).isTrue();
        go.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> received.size() == 1);
    }

    @Test
    void givenWorkThatFails_whenMoreIsOffered_thenNothingOvertakesTheFailedItem() {
        Stage<Integer> stage = stage(
                item -> {
                    if (item == 2) {
                        throw new IllegalStateException("broken");
                    }
                    return item;
                },
                sink());

        for (int i = 1; i <= 5; i++) {
            stage.offer(i);
        }

        await().atMost(Duration.ofMinutes(1)).until(() -> failure.get() != null);
        assertThat(failure.get()).hasMessage("broken");
        assertThat(received).containsExactly(1);
    }

    @Test
    void givenTwoStagesOnOneContext_whenTheSecondIsAtWork_thenTheFirstWorksOnTheNextItem() {
        CountDownLatch bothAtWork = new CountDownLatch(2);
        Stage<Integer> first = link(item -> {
                    if (item == 2) {
                        bothAtWork.countDown();
                        bothAtWork.await();
                    }
                    return 10 * item;
                })
                .then(link(item -> {
                    if (item == 10) {
                        bothAtWork.countDown();
                        bothAtWork.await();
                    }
                    return item + 1;
                }))
                .into(sink());

        first.offer(1);
        first.offer(2);

        await().atMost(Duration.ofMinutes(1)).until(() -> received.size() == 2);
        assertThat(received).containsExactly(11, 21);
    }
}
