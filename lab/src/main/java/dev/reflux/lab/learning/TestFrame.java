package dev.reflux.lab.learning;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;

/** A frame that is scored and never trained on; image and label have the same size. */
record TestFrame(String domain, RgbImage image, LabelMap label) {

    static TestFrame of(Protocol.Shot shot) {
        return new TestFrame(shot.domain(), shot.sample().image(), shot.sample().label());
    }
}
