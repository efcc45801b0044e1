package dev.reflux.torch.image;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.model.ModelInput;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns images into the input of a model: resized to the view, augmented and normalized in one pass over the pixels.
 *
 * <ol>
 *   <li>The result is float [N,3,H,W], (rgb/255 − mean)/std. In memory the channels come last, as in the image. On the CPU a
 *       convolutional network is about a fifth faster with this layout, in training and in inference, and other networks are
 *       no slower. The outputs of the network then have the same layout.
 *   <li>An image of the view's size is not resampled. Any other image is resampled by a triangle filter: bilinear when it
 *       grows, averaging when it shrinks, as Pillow's BILINEAR without its rounding to bytes.
 *   <li>On the CPU the result is a view of memory that the <em>next</em> call of the same object overwrites. Use one
 *       object for each tensor that is needed at the same time.
 * </ol>
 *
 * <p>Threading: one owner thread.
 */
public final class FrameTensors {

    private static final int CHANNELS = 3;

    private final DirectMemory memory = new DirectMemory();
    private float[] interleaved = new float[0];
    private final Resampler resampler = new Resampler();

    /** Calls {@link #batch(NDManager, List, ImageSize, ModelInput, List)} without augmentation. */
    public NDArray batch(NDManager manager, List<RgbImage> images, ImageSize view, ModelInput input) {
        List<Augmentation> none = new ArrayList<>();
        images.forEach(i -> none.add(Augmentation.NONE));
        return batch(manager, images, view, input, none);
    }

    /**
     * Returns a batch, float [N,3,H,W].
     *
     * @param manager the owner of the result
     * @param images at least one image, of any sizes
     * @param view H and W in pixels
     * @param input the mean and standard deviation of each channel
     * @param augmentations one augmentation for each image
     */
    public NDArray batch(
            NDManager manager,
            List<RgbImage> images,
            ImageSize view,
            ModelInput input,
            List<Augmentation> augmentations) {
        if (images.isEmpty() || images.size() != augmentations.size()) {
            throw new IllegalArgumentException(
                    images.size() + " images cannot be augmented in " + augmentations.size() + " ways");
        }
        int values = Math.toIntExact(CHANNELS * view.pixels());
        int bytes = Math.multiplyExact(Math.multiplyExact(images.size(), values), Float.BYTES);
        if (interleaved.length < values) {
            interleaved = new float[values];
        }
        ByteBuffer data = memory.of(bytes);
        FloatBuffer target = data.asFloatBuffer();
        for (int n = 0; n < images.size(); n++) {
            RgbImage image = images.get(n);
            Augmentation how = augmentations.get(n);
            if (image.size().equals(view) && !how.mixesChannels()) {
                byTable(image, how, input);
            } else {
                byArithmetic(image, view, how, input);
            }
            target.put(n * values, interleaved, 0, values);
        }
        return manager.create(data, new Shape(images.size(), view.height(), view.width(), CHANNELS), DataType.FLOAT32)
                .transpose(0, 3, 1, 2);
    }

    private void byTable(RgbImage image, Augmentation how, ModelInput input) {
        byte[] rgb = image.rgb();
        float[] red = table(0, how, input);
        float[] green = table(1, how, input);
        float[] blue = table(2, how, input);
        float[] values = interleaved;
        if (!how.flip()) {
            for (int i = 0; i < rgb.length; i += CHANNELS) {
                values[i] = red[rgb[i] & 0xFF];
                values[i + 1] = green[rgb[i + 1] & 0xFF];
                values[i + 2] = blue[rgb[i + 2] & 0xFF];
            }
            return;
        }
        int row = image.width() * CHANNELS;
        for (int y = 0, to = 0; y < image.height(); y++) {
            for (int from = (y + 1) * row - CHANNELS; from >= y * row; from -= CHANNELS, to += CHANNELS) {
                values[to] = red[rgb[from] & 0xFF];
                values[to + 1] = green[rgb[from + 1] & 0xFF];
                values[to + 2] = blue[rgb[from + 2] & 0xFF];
            }
        }
    }

    private static float[] table(int channel, Augmentation how, ModelInput input) {
        float scale = 1 / input.std().get(channel);
        float shift = -input.mean().get(channel) / input.std().get(channel);
        float[] table = new float[256];
        for (int v = 0; v < 256; v++) {
            table[v] = how.brighten(v / 255f) * scale + shift;
        }
        return table;
    }

    private void byArithmetic(RgbImage image, ImageSize view, Augmentation how, ModelInput input) {
        float[] planes = resampler.resize(image, view);
        int width = view.width();
        int pixels = width * view.height();
        how.photometric(planes, pixels);
        for (int c = 0; c < CHANNELS; c++) {
            float scale = 1 / input.std().get(c);
            float shift = -input.mean().get(c) / input.std().get(c);
            for (int i = 0; i < pixels; i++) {
                int x = i % width;
                int from = how.flip() ? i - x + width - 1 - x : i;
                interleaved[i * CHANNELS + c] = planes[c * pixels + from] * scale + shift;
            }
        }
    }
}
