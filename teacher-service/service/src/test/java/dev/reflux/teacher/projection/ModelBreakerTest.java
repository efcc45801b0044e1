package dev.reflux.teacher.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.teacher.pipeline.RejectedFrame;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.Ticket;
import java.util.Collections;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ModelBreakerTest {

    private static final Ticket TICKET =
            new Ticket(new ConsumerRecord<>("t", 0, 0, new byte[0], new byte[0]), 1, () -> {});
    private static final LogitMap MAP = new LogitMap(new TensorShape(1, 1, 1), new float[1]);
    private static final ProjectedFrame PASSED =
            new ProjectedFrame(TICKET, LabeledFrame.getDefaultInstance(), MAP, MAP);

    private final ModelBreaker breaker = new ModelBreaker("fine-teacher", 4, () -> true);

    private static ProjectedBatch batch(int passed, int failed, Rejection reason) {
        var rejected = new RejectedFrame(TICKET, StageName.PROJECTION, reason, "Not finite.");
        return new ProjectedBatch(Collections.nCopies(passed, PASSED), Collections.nCopies(failed, rejected));
    }

    @Test
    void givenAModelThatFailsOnGrayToo_whenItsFirstFrameFails_thenTheTeacherStopsBeforeTheFrameIsRefused() {
        ModelBreaker broken = new ModelBreaker("nan-teacher", 4, () -> false);

        assertThatThrownBy(() -> broken.judge(batch(0, 1, Rejection.INFERENCE_FAILED)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nan-teacher")
                .hasMessageContaining("No frame was refused");
    }

    @Test
    void givenFailuresInARow_whenTheLimitIsReached_thenTheTeacherStopsWithTheCommandThatBringsFramesBack() {
        for (int i = 0; i < 3; i++) {
            breaker.judge(batch(0, 1, Rejection.INFERENCE_FAILED));
        }
        assertThat(breaker.level()).isEqualTo(3);

        assertThatThrownBy(() -> breaker.judge(batch(0, 1, Rejection.INFERENCE_FAILED)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("fine-teacher failed on 4 frames")
                .hasMessageContaining("Not finite.")
                .hasMessageContaining("reflux dead-letters replay --reason INFERENCE_FAILED");
    }

    @Test
    void givenTwoThirdsOfTheFramesFail_whenJudgedForAWhile_thenTheTeacherStops() {
        for (int i = 0; i < 3; i++) {
            breaker.judge(batch(1, 2, Rejection.INFERENCE_FAILED));
        }

        assertThatThrownBy(() -> breaker.judge(batch(1, 2, Rejection.INFERENCE_FAILED)))
                .isInstanceOf(UsageException.class);
    }

    @Test
    void givenFewFailuresAndBadFrames_whenJudgedForAWhile_thenTheTeacherGoesOn() {
        ProjectedBatch mixed = batch(3, 2, Rejection.INFERENCE_FAILED);
        ProjectedBatch bad = batch(0, 50, Rejection.UNREADABLE_IMAGE);

        for (int i = 0; i < 50; i++) {
            assertThat(breaker.judge(mixed)).isSameAs(mixed);
            assertThat(breaker.judge(bad)).isSameAs(bad);
        }

        assertThat(breaker.level()).isZero();
    }
}
