package dev.reflux.teacher.inference;

import dev.reflux.common.image.RgbImage;
import java.util.List;

/**
 * A teacher's network.
 *
 * <ol>
 *   <li>Row n of the output belongs to image n. Images may have any sizes: each is resized to the view.
 *   <li>A call that throws keeps no memory.
 * </ol>
 *
 * <p>Threading: one owner thread.
 */
public interface Network {

    /**
     * Runs the network.
     *
     * @param images at least one image
     * @return the output; the caller closes it
     * @throws RuntimeException if the network fails on these images
     */
    NetworkOutput forward(List<RgbImage> images);
}
