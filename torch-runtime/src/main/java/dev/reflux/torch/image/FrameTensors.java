package dev.reflux.torch.image;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.model.ModelInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Images as a model's input: resized to the view, augmented, normalised, in planes, in one pass over the pixels.
 *
 * <ol>
 *   <li>The result is float [N,3,H,W], (rgb/255 − mean)/std.
 *   <li>An image of the view's size is not resampled; another one is, by a triangle filter (bilinear, and averaging
 *       when it shrinks: as Pillow's BILINEAR, without its rounding to bytes).
 *   <li>On the CPU the result is a view of memory that the <em>next</em> call of the same object overwrites. Use one
 *       object for each tensor that must live at the same time.
 * </ol>
 *
 * One owner thread.
 */
public final class FrameTensors {

    private static final int CHANNELS = 3;

    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private float[] plane = new float[0];
    private final Resampler resampler = new Resampler();

    /** {@link #batch(NDManager, List, ImageSize, ModelInput, List)} without augmentation. */
    public NDArray batch(NDManager manager, List<RgbImage> images, ImageSize view, ModelInput input) {
        List<Augmentation> none = new ArrayList<>();
        images.forEach(i -> none.add(Augmentation.NONE));
        return batch(manager, images, view, input, none);
    }

    /**
     * @param manager owner of the result
     * @param images at least one, of any sizes
     * @param view H and W
     * @param input mean and standard deviation
     * @param augmentations one for each image
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
        int pixels = Math.toIntExact(view.pixels());
        int bytes = Math.multiplyExact(Math.multiplyExact(images.size(), pixels), CHANNELS * Float.BYTES);
        if (memory.capacity() < bytes) {
            memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        if (plane.length < pixels) {
            plane = new float[pixels];
        }
        FloatBuffer target = memory.asFloatBuffer();
        for (int n = 0; n < images.size(); n++) {
            RgbImage image = images.get(n);
            Augmentation how = augmentations.get(n);
            int start = n * CHANNELS * pixels;
            if (image.size().equals(view) && !how.mixesChannels()) {
                byTable(image, how, input, target, start);
            } else {
                byArithmetic(image, view, how, input, target, start);
            }
        }
        ByteBuffer data = memory.slice(0, bytes).order(ByteOrder.nativeOrder());
        return manager.create(data, new Shape(images.size(), CHANNELS, view.height(), view.width()), DataType.FLOAT32);
    }

    private void byTable(RgbImage image, Augmentation how, ModelInput input, FloatBuffer target, int start) {
        byte[] rgb = image.rgb();
        int width = image.width();
        int pixels = width * image.height();
        for (int c = 0; c < CHANNELS; c++) {
            float[] table = table(c, how, input);
            float[] values = plane;
            if (how.flip()) {
                for (int y = 0, to = 0; y < image.height(); y++) {
                    for (int from = ((y + 1) * width - 1) * CHANNELS + c, x = 0; x < width; x++, from -= CHANNELS) {
                        values[to++] = table[rgb[from] & 0xFF];
                    }
                }
            } else {
                for (int i = 0, from = c; i < pixels; i++, from += CHANNELS) {
                    values[i] = table[rgb[from] & 0xFF];
                }
            }
            target.put(start + c * pixels, values, 0, pixels);
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

    private void byArithmetic(
            RgbImage image, ImageSize view, Augmentation how, ModelInput input, FloatBuffer target, int start) {
        float[] rgb = resampler.resize(image, view);
        how.photometric(rgb, (int) view.pixels());
        int width = view.width();
        int pixels = width * view.height();
        for (int c = 0; c < CHANNELS; c++) {
            float scale = 1 / input.std().get(c);
            float shift = -input.mean().get(c) / input.std().get(c);
            for (int y = 0; y < view.height(); y++) {
                for (int x = 0; x < width; x++) {
                    int from = how.flip() ? width - 1 - x : x;
                    plane[y * width + x] = rgb[c * pixels + y * width + from] * scale + shift;
                }
            }
            target.put(start + c * pixels, plane, 0, pixels);
        }
    }
}
