package dev.reflux.teacher.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.Rejection;
import dev.reflux.teacher.pipeline.RejectedFrame;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.projection.ProjectedBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommitWindowTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final Vertx vertx = Vertx.vertx();
    private final List<List<Long>> handedOn = new CopyOnWriteArrayList<>();
    private final Promise<Void> begun = Promise.promise();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void givenBatches_whenAWindowIsFull_thenItGoesOnWholeInOrderAndTheOffererWaitsForTheStageBehind() {
        Stage<ProjectedBatch> window = window(8, LONG);

        Future<Void> first = window.offer(batch(0, 4));
        Future<Void> second = window.offer(batch(4, 8));
        Future<Void> third = window.offer(batch(8, 12));

        await().atMost(Duration.ofMinutes(1)).until(third::isComplete);
        assertThat(handedOn).containsExactly(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L));
        assertThat(first.isComplete()).isTrue();
        assertThat(second.isComplete()).as("before the stage has begun").isFalse();
        begun.complete();
        await().atMost(Duration.ofMinutes(1)).until(second::succeeded);
    }

    @Test
    void givenOneBatch_whenItHasLingered_thenItGoesOnAlone() {
        Stage<ProjectedBatch> window = window(8, Duration.ofMillis(20));

        window.offer(batch(0, 4));

        await().atMost(Duration.ofMinutes(1)).until(() -> handedOn.size() == 1);
        assertThat(handedOn).containsExactly(List.of(0L, 1L, 2L, 3L));
    }

    @Test
    void givenNoLinger_whenBatchesCome_thenEachGoesOnAtOnce() {
        Stage<ProjectedBatch> window = window(8, Duration.ZERO);

        window.offer(batch(0, 2));
        window.offer(batch(2, 4));

        await().atMost(Duration.ofMinutes(1)).until(() -> handedOn.size() == 2);
        assertThat(handedOn).containsExactly(List.of(0L, 1L), List.of(2L, 3L));
    }

    @Test
    void givenAStageBehindThatFails_whenAWindowIsFull_thenTheOffererHearsOfIt() {
        Stage<ProjectedBatch> window = window(4, LONG);
        begun.fail(new IllegalStateException("broken"));

        Future<Void> offered = window.offer(batch(0, 4));

        await().atMost(Duration.ofMinutes(1)).until(offered::failed);
        assertThat(offered.cause()).hasMessage("broken");
    }

    private Stage<ProjectedBatch> window(int frames, Duration linger) {
        return CommitWindow.link(vertx.getOrCreateContext(), frames, linger).into(batch -> {
            handedOn.add(batch.rejected().stream()
                    .map(frame -> frame.ticket().record().offset())
                    .toList());
            return begun.future();
        });
    }

    private static ProjectedBatch batch(long from, long to) {
        List<RejectedFrame> frames = LongStream.range(from, to)
                .mapToObj(offset -> new RejectedFrame(
                        new Ticket(new ConsumerRecord<>("frames", 0, offset, new byte[0], new byte[0]), 1, () -> {}),
                        StageName.INGEST,
                        Rejection.MALFORMED_MESSAGE,
                        "poison"))
                .toList();
        return new ProjectedBatch(List.of(), frames);
    }
}
