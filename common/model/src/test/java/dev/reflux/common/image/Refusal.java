package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;

/** What a codec says of a file that it cannot read. */
final class Refusal {

    private Refusal() {}

    /** Requires that the codec refuses a file as unreadable, with these words. */
    static void requireUnreadable(ImageCodec codec, byte[] file, String sentence) {
        assertThatThrownBy(() -> codec.decode(file))
                .isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                        .isEqualTo(Rejection.UNREADABLE_IMAGE))
                .hasMessageContaining(sentence);
    }
}
