package dev.reflux.teacher.inference;

import dev.reflux.common.image.RgbImage;
import java.util.List;

/**
 * A teacher's network.
 *
 * <ol>
 *   <li>Row n of the output belongs to image n, whatever the images' sizes: each is seen at the configured view.
 *   <li>A call that throws has kept no memory.
 * </ol>
 *
 * One thread owns it.
 */
public interface Network {

    /**
     * @param images at least one
     * @throws RuntimeException when the network fails on them
     */
    NetworkOutput forward(List<RgbImage> images);
}
