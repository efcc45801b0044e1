package dev.reflux.trainer.update;

import dev.reflux.torch.image.Augmentation;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws one augmentation for each sample of a batch. Immutable.
 *
 * @param photometric the strength of brightness, contrast and saturation changes, 0..1
 * @param flip whether half of the samples are mirrored
 */
record AugmentationDraw(float photometric, boolean flip) {

    List<Augmentation> draw(int count, RandomGenerator random) {
        List<Augmentation> drawn = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Augmentation colors = photometric > 0 ? Augmentation.photometric(random, photometric) : Augmentation.NONE;
            drawn.add(flip ? colors.withFlip(random.nextBoolean()) : colors);
        }
        return drawn;
    }
}
