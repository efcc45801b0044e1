package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.kafka.RecordSink.Receipt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Kafka's own in-memory consumer keeps the book of paused partitions. */
class BackPressureTest {

    private static final TopicPartition FIRST = new TopicPartition("t", 0);
    private static final TopicPartition SECOND = new TopicPartition("t", 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final BackPressure backPressure =
            new BackPressure(new PollSettings(4, 2, Duration.ofMillis(1), Duration.ofMillis(1)));
    private final Deque<Receipt> receipts = new ArrayDeque<>();

    private void inFlight(int count) {
        while (receipts.size() < count) {
            receipts.add(backPressure.take());
        }
        while (receipts.size() > count) {
            receipts.remove().done();
        }
        backPressure.apply(consumer, Set.of());
    }

    @Test
    void givenARisingCount_whenItReachesTheHighWater_thenPartitionsArePausedAndNotBefore() {
        consumer.assign(List.of(FIRST));
        inFlight(3);
        assertThat(consumer.paused()).isEmpty();

        inFlight(4);

        assertThat(consumer.paused()).containsExactly(FIRST);
        assertThat(backPressure.paused()).isTrue();
        assertThat(backPressure.inFlight()).isEqualTo(4);
    }

    @Test
    void givenPausedPartitions_whenTheCountFallsToTheLowWater_thenTheyAreResumedAndNotBefore() {
        consumer.assign(List.of(FIRST));
        inFlight(4);
        inFlight(3);
        assertThat(consumer.paused()).containsExactly(FIRST);

        inFlight(2);

        assertThat(consumer.paused()).isEmpty();
        assertThat(backPressure.paused()).isFalse();
    }

    @Test
    void givenAPausedConsumer_whenAPartitionIsAssigned_thenItIsPausedToo() {
        consumer.assign(List.of(FIRST));
        inFlight(4);
        consumer.assign(List.of(FIRST, SECOND));

        backPressure.keepPaused(consumer);

        assertThat(consumer.paused()).containsExactlyInAnyOrder(FIRST, SECOND);
    }

    @Test
    void givenAConsumerThatIsNotPaused_whenAPartitionIsAssigned_thenItIsNotPaused() {
        consumer.assign(List.of(FIRST));
        inFlight(3);

        backPressure.keepPaused(consumer);

        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void givenHeldPartitions_whenTheCountIsLow_thenOnlyThoseArePausedUntilTheyAreReleased() {
        consumer.assign(List.of(FIRST, SECOND));

        backPressure.apply(consumer, Set.of(SECOND));

        assertThat(consumer.paused()).containsExactly(SECOND);
        backPressure.apply(consumer, Set.of(FIRST));
        assertThat(consumer.paused()).containsExactly(FIRST);
    }

    /** Kafka's background thread takes a partition away between the look at the assignment and the pause. */
    @Test
    void givenAPartitionThatIsTakenAwayMeanwhile_whenPaused_thenTheOthersArePausedAndNothingFails() {
        var losing = new MockConsumer<byte[], byte[]>("earliest") {
            @Override
            public synchronized Set<TopicPartition> assignment() {
                return new java.util.LinkedHashSet<>(List.of(SECOND, FIRST));
            }
        };
        losing.assign(List.of(FIRST));
        for (int i = 0; i < 4; i++) {
            backPressure.take();
        }

        backPressure.apply(losing, Set.of());

        assertThat(losing.paused()).containsExactly(FIRST);
        backPressure.keepPaused(losing);
        assertThat(losing.paused()).containsExactly(FIRST);
    }

    @Test
    void givenAReceipt_whenItIsUsedTwice_thenThatIsAnErrorAndTheCountStaysRight() {
        Receipt receipt = backPressure.take();
        backPressure.take();
        receipt.done();

        assertThatThrownBy(receipt::done).isInstanceOf(IllegalStateException.class);

        assertThat(backPressure.inFlight()).isEqualTo(1);
    }

    @Test
    void givenWatersInTheWrongOrder_whenSettingsAreMade_thenTheyAreRefused() {
        assertThatThrownBy(() -> new PollSettings(4, 4, Duration.ZERO, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PollSettings(4, -1, Duration.ZERO, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givenAHighWater_whenSettingsAreMade_thenTheRestHasItsDefaults() {
        assertThat(PollSettings.of(9)).isEqualTo(new PollSettings(9, 4, Duration.ofMillis(100), Duration.ofSeconds(5)));
    }
}
