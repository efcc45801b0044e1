package dev.reflux.trainer.fates;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.reflux.trainer.ingest.FramePlace;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Samples of one partition that follow one another and had the same fate. Their frames follow one another too, and so do the
 * frames that duplicates repeat. Between the samples there may be offsets without a record, such as transaction markers.
 *
 * @param partition the partition of the samples
 * @param fate what became of them, see {@link Fate}
 * @param reason why; empty where nothing is to be said
 * @param first the offset of the first sample
 * @param last the offset of the last sample
 * @param samples the number of samples
 * @param frame the place of the first sample's frame; null if it is not known
 * @param of the place of the frame that the first duplicate repeats; null if it is not known, and for other fates
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FateRun(
        int partition,
        String fate,
        String reason,
        long first,
        long last,
        long samples,
        @Nullable FramePlace frame,
        @Nullable FramePlace of) {

    static FateRun of(int partition, long offset, @Nullable FramePlace frame, Fate fate) {
        return new FateRun(partition, fate.name(), fate.reason(), offset, offset, 1, frame, fate.of());
    }

    /** Returns this run with the next one's samples; empty if they are not of the same kind or do not follow. */
    Optional<FateRun> with(FateRun next) {
        boolean joins = partition == next.partition
                && fate.equals(next.fate)
                && reason.equals(next.reason)
                && follows(frame, next.frame)
                && follows(of, next.of);
        return joins
                ? Optional.of(new FateRun(partition, fate, reason, first, next.last, samples + next.samples, frame, of))
                : Optional.empty();
    }

    FateRun takenBack() {
        return fate.equals(Fate.TRAINED)
                ? new FateRun(partition, Fate.SKIPPED, Fate.TAKEN_BACK, first, last, samples, frame, of)
                : this;
    }

    private boolean follows(@Nullable FramePlace place, @Nullable FramePlace next) {
        if (place == null || next == null) {
            return place == null && next == null;
        }
        return next.equals(new FramePlace(place.topic(), place.topicId(), place.partition(), place.offset() + samples));
    }
}
