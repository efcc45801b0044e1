package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReservoirReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabeledReplayTest {

    private final CheckpointedRandom random = new CheckpointedRandom(3);

    @Test
    void givenOneLabelInTwenty_whenHalfIsDrawnFromLabeledFrames_thenAtLeastHalfHasALabel() {
        ReplayBuffer replay = replay(20, 20);

        List<TrainingSample> selected = select(new LabeledReplay(0.5), replay, 6);

        assertThat(selected).hasSize(6);
        assertThat(selected.subList(3, 6)).allMatch(TrainingSample::isLabeled);
    }

    @Test
    void givenNoLabelInTheBuffer_whenDrawn_thenAllFramesComeFromTheBufferAsEver() {
        ReplayBuffer replay = replay(20, Integer.MAX_VALUE);
        List<TrainingSample> drawn = replay.draw(4, new CheckpointedRandom(3));

        List<TrainingSample> selected = select(new LabeledReplay(1), replay, 4);

        assertThat(selected).isEqualTo(drawn);
    }

    @Test
    void givenNoPart_whenDrawn_thenTheDrawIsTheBuffersOwn() {
        ReplayBuffer replay = replay(20, 2);
        List<TrainingSample> drawn = replay.draw(4, new CheckpointedRandom(3));

        List<TrainingSample> selected = select(new LabeledReplay(0), replay, 4);

        assertThat(selected).isEqualTo(drawn);
        assertThat(random.state()).isEqualTo(stateAfterDrawing(replay));
    }

    @Test
    void givenAnEmptyBuffer_whenDrawn_thenNothingIsSelected() {
        List<TrainingSample> selected = select(new LabeledReplay(0.5), new ReservoirReplay(4), 4);

        assertThat(selected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void givenNoPartOfOne_whenCreated_thenItIsRefused(double part) {
        assertThatThrownBy(() -> new LabeledReplay(part)).isInstanceOf(IllegalArgumentException.class);
    }

    private List<TrainingSample> select(LabeledReplay by, ReplayBuffer replay, int count) {
        return by.select(replay, count, List.of(), 0, random);
    }

    private static long stateAfterDrawing(ReplayBuffer replay) {
        CheckpointedRandom same = new CheckpointedRandom(3);
        replay.draw(4, same);
        return same.state();
    }

    /** A full buffer in which the first frame and every so many after it have a label. */
    private static ReplayBuffer replay(int frames, int labelEvery) {
        ReplayBuffer replay = new ReservoirReplay(frames);
        replay.restore(
                IntStream.range(0, frames)
                        .mapToObj(i -> frame(i, labelEvery < Integer.MAX_VALUE && i % labelEvery == 0))
                        .toList(),
                frames);
        return replay;
    }

    private static TrainingSample frame(int place, boolean labeled) {
        LogitMap map = new LogitMap(new TensorShape(2, 1, 1), new float[2]);
        return new TrainingSample(
                new SampleReference(0, place),
                String.valueOf(place),
                "camera",
                place,
                "drive",
                new RgbImage(1, 1, new byte[3]),
                labeled ? new LabelMap(1, 1, new byte[1]) : LabelMap.none(),
                map,
                map,
                new ImageSize(1, 1));
    }
}
