package dev.reflux.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.message.LabeledFrame;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FleetPlanTest {

    /** Counts the frames that are read, and the streams that are closed. */
    private static final class Counted extends WrappedDataset {

        private final AtomicInteger read = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();

        Counted(Dataset frames) {
            super(frames);
        }

        @Override
        public Stream<Frame> frames(String split) {
            return super.frames(split).peek(frame -> read.incrementAndGet()).onClose(closed::incrementAndGet);
        }
    }

    @Test
    void givenALongSplit_whenReadByAnIterator_thenOneFrameAtATimeIsInMemory() {
        Counted dataset = new Counted(new SomeLabels(1000, 1));
        FleetPlan plan = FleetPlan.once(dataset, "train");
        LabeledFrame fourth;

        try (Stream<LabeledFrame> messages = plan.messages().skip(3)) {
            fourth = messages.iterator().next();
        }

        assertThat(fourth.getFrameId()).isEqualTo("f3");
        assertThat(dataset.read).hasValue(4);
        assertThat(dataset.closed).hasValue(1);
    }

    @Test
    void givenAFrameWithoutALabel_whenItIsAMessage_thenItIsSoundAndItsLabelIsEmpty() throws Exception {
        FleetPlan plan = FleetPlan.once(new SomeLabels(2, 2), "train");

        List<LabeledFrame> messages = plan.messages().toList();

        LabeledFrame read = MessageCodec.frame(messages.get(1).toByteArray());
        assertThat(read.getLabel().isEmpty()).isTrue();
        assertThat(read.getLabelSchemaId()).isEqualTo("camvid-11");
        assertThat(messages.get(0).getLabel().isEmpty()).isFalse();
    }

    @Test
    void givenCamerasLapsAndALimit_whenPlaced_thenThePlacesAreThoseOfTheMessages() {
        FleetPlan plan = new FleetPlan(new SomeLabels(5, 2), "train", 2, 3, 27);

        List<FleetPlan.Place> places = plan.places().toList();

        assertThat(places)
                .isEqualTo(plan.messages()
                        .map(message -> new FleetPlan.Place(
                                message.getCameraId(), !message.getLabel().isEmpty()))
                        .toList())
                .hasSize((int) plan.count());
    }
}
