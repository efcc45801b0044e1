package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.common.message.WantedReason;
import dev.reflux.common.meters.Meters;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.wanted.Choice;
import dev.reflux.trainer.wanted.FrameScore;
import dev.reflux.trainer.wanted.WantedFrame;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class WantedOutboxTest {

    private final MockProducer<byte[], byte[]> brokers =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final WantedOutbox outbox = new WantedOutbox(brokers, "m", new TrainerGauges(new Meters()));

    private static Choice choice(int i) {
        return new Choice(
                i,
                1,
                new WantedFrame(
                        "frame-" + i,
                        "camera",
                        "vehicle",
                        5,
                        new FramePlace("frames.labeled", "id", 3, i),
                        new FrameScore(0.5, 2, 0.25)));
    }

    @Test
    void givenAChoice_whenSent_thenTheMessageHasAllOfItAndItIsUnwrittenUntilTheBrokersHaveIt() throws Exception {
        outbox.send(choice(7));

        assertThat(outbox.unwritten()).containsExactly(choice(7));
        brokers.completeNext();
        assertThat(outbox.unwritten()).isEmpty();
        ProducerRecord<byte[], byte[]> record = brokers.history().get(0);
        assertThat(record.topic()).isEqualTo(Topics.LABELS_WANTED);
        assertThat(record.key()).asString().isEqualTo("m");
        WantedLabel sent = MessageCodec.wanted(record.value());
        assertThat(sent.getWindow()).isEqualTo(7);
        assertThat(sent.getRank()).isEqualTo(1);
        assertThat(sent.getFrameId()).isEqualTo("frame-7");
        assertThat(sent.getCameraId()).isEqualTo("camera");
        assertThat(sent.getVehicleId()).isEqualTo("vehicle");
        assertThat(sent.getCapturedAtMicros()).isEqualTo(5);
        assertThat(sent.getScore()).isEqualTo(1.25);
        assertThat(sent.getReasonsList())
                .extracting(WantedReason::getName)
                .containsExactly("disagreement", "rarity", "uncertainty");
        assertThat(sent.getReasonsList()).extracting(WantedReason::getValue).containsExactly(0.5, 2.0, 0.25);
        assertThat(sent.getFrameSource().getOffset()).isEqualTo(7);
    }

    @Test
    void givenBrokersThatRefuse_whenTheNextChoiceIsSent_thenTheFirstIsSentAgain() {
        outbox.send(choice(1));
        brokers.errorNext(new TimeoutException("away"));
        assertThat(outbox.unwritten()).containsExactly(choice(1));

        outbox.send(choice(2));

        assertThat(outbox.unwritten()).containsExactly(choice(1), choice(2));
        brokers.completeNext();
        brokers.completeNext();
        assertThat(outbox.unwritten()).isEmpty();
        assertThat(brokers.history()).hasSize(3);
    }

    @Test
    void givenBrokersThatThrow_whenAChoiceIsSent_thenNothingIsThrownAndOneAttemptIsMadeForAllThatWait() {
        brokers.sendException = new TimeoutException("no metadata");
        IntStream.range(0, 5).forEach(i -> outbox.send(choice(i)));
        brokers.sendException = null;

        outbox.send(choice(5));

        assertThat(outbox.unwritten())
                .containsExactlyElementsOf(
                        IntStream.range(0, 6).mapToObj(WantedOutboxTest::choice).toList());
        assertThat(brokers.history()).hasSize(6);
    }

    @Test
    void givenBrokersThatStayAway_whenMoreChoicesAreSentThanAreKept_thenTheOldestAreGivenUp() {
        IntStream.range(0, WantedOutbox.MOST_UNWRITTEN + 3).forEach(i -> outbox.send(choice(i)));

        assertThat(outbox.unwritten())
                .hasSize(WantedOutbox.MOST_UNWRITTEN)
                .startsWith(choice(3))
                .endsWith(choice(WantedOutbox.MOST_UNWRITTEN + 2));
    }
}
