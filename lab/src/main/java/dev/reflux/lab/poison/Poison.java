package dev.reflux.lab.poison;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/** What can go wrong with a stream. Each harm depends on the sample alone. */
public enum Poison {
    /** Nothing is wrong. */
    NONE("nothing"),
    NAN_LOGITS("the teacher's tensors are NaN") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return said(of, Float.NaN);
        }
    },
    HUGE_LOGITS("the teacher's tensors are +-3e38") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return of.withTensors(signed(of.projected(), 3e38f), signed(of.logits(), 3e38f));
        }
    },
    EXPLODING("the teacher's tensors are 400 times as large in one frame of five") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return one(of, 5) ? of.withTensors(scaled(of.projected(), 400), scaled(of.logits(), 400)) : of;
        }
    },
    TEACHER_NOISE("the teacher's tensors are noise") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return of.withTensors(noise(of.projected(), of), noise(of.logits(), of));
        }
    },
    TEACHER_ONE_CLASS("the teacher says one class everywhere") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return of.withTensors(oneClass(of.projected()), oneClass(of.logits()));
        }
    },
    TEACHER_PERMUTED("the teacher's classes are in another order") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return of.withTensors(turned(of.projected()), turned(of.logits()));
        }
    },
    BLACK_CAMERA("the images of one camera are black") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            RgbImage black = new RgbImage(
                    of.image().width(), of.image().height(), new byte[of.image().rgb().length]);
            return ofOneCamera(of) ? copy(of, black, of.label(), oneClass(of.projected()), oneClass(of.logits())) : of;
        }
    },
    RANDOM_LABELS_20("20 % of the pixels of all labels are random") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return labeled(of, randomly(of, 0.2));
        }
    },
    SWAPPED_LABELS_20("one frame in five has a label that is upside down") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return one(of, 5) ? labeled(of, upsideDown(of.label())) : of;
        }
    },
    RANDOM_LABELS_CAMERA("all pixels of the labels of one camera are random") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return ofOneCamera(of) ? labeled(of, randomly(of, 1)) : of;
        }
    },
    RANDOM_LABELS("all pixels of all labels are random") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            return labeled(of, randomly(of, 1));
        }
    },
    PERMUTED_LABELS("the classes of all labels are permuted") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            byte[] ids = of.label().ids().clone();
            int classes = of.logits().shape().classes();
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (ids[i] & 0xFF) == LabelSchema.IGNORE ? ids[i] : (byte) ((ids[i] + 4) % classes);
            }
            return labeled(of, ids);
        }
    },
    FOREIGN_SCHEMA("the labels of one camera have the ids of Cityscapes") {
        @Override
        TrainingSample poisoned(TrainingSample of) {
            byte[] ids = of.label().ids().clone();
            for (int i = 0; i < ids.length; i++) {
                int id = ids[i] & 0xFF;
                ids[i] = (byte) (id < CITYSCAPES.length ? CITYSCAPES[id] : id);
            }
            return ofOneCamera(of) ? labeled(of, ids) : of;
        }
    };

    /** Sky, building, vegetation, road, lane marking, pavement, pole and sign, car, person, as Cityscapes numbers them. */
    private static final int[] CITYSCAPES = {255, 2, 8, 0, 0, 1, 5, 255, 255};

    private static final String CAMERA = "front-1";

    private final String harm;

    Poison(String harm) {
        this.harm = harm;
    }

    /** Returns what is wrong, for people. */
    public String harm() {
        return harm;
    }

    /** Returns the name on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the poisoned sample, or the same object if the poison does not touch it. */
    TrainingSample poisoned(TrainingSample of) {
        return of;
    }

    private static boolean ofOneCamera(TrainingSample of) {
        return of.cameraId().equals(CAMERA);
    }

    /** Returns whether a sample is one of so many, spread over the cameras. */
    private static boolean one(TrainingSample of, int outOf) {
        return of.reference().offset() % outOf == 0;
    }

    private static Random random(TrainingSample of) {
        return new Random(of.reference().offset());
    }

    private static TrainingSample copy(
            TrainingSample of, RgbImage image, LabelMap label, LogitMap projected, LogitMap logits) {
        return of.withPicture(image, label).withTensors(projected, logits);
    }

    private static TrainingSample labeled(TrainingSample of, byte[] ids) {
        LabelMap label = new LabelMap(of.label().width(), of.label().height(), ids);
        return copy(of, of.image(), label, of.projected(), of.logits());
    }

    private static byte[] randomly(TrainingSample of, double part) {
        Random random = random(of);
        byte[] ids = of.label().ids().clone();
        for (int i = 0; i < ids.length; i++) {
            if (random.nextDouble() < part) {
                ids[i] = (byte) random.nextInt(of.logits().shape().classes());
            }
        }
        return ids;
    }

    private static byte[] upsideDown(LabelMap label) {
        byte[] ids = new byte[label.ids().length];
        for (int y = 0; y < label.height(); y++) {
            System.arraycopy(
                    label.ids(), y * label.width(), ids, (label.height() - 1 - y) * label.width(), label.width());
        }
        return ids;
    }

    private static TrainingSample said(TrainingSample of, float value) {
        return of.withTensors(filled(of.projected(), value), filled(of.logits(), value));
    }

    private static LogitMap filled(LogitMap map, float value) {
        float[] values = new float[map.values().length];
        Arrays.fill(values, value);
        return new LogitMap(map.shape(), values);
    }

    private static LogitMap signed(LogitMap map, float value) {
        float[] values = new float[map.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2 == 0 ? value : -value;
        }
        return new LogitMap(map.shape(), values);
    }

    private static LogitMap scaled(LogitMap map, float factor) {
        float[] values = map.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return new LogitMap(map.shape(), values);
    }

    private static LogitMap noise(LogitMap map, TrainingSample of) {
        Random random = random(of);
        float[] values = new float[map.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = 4 * (float) random.nextGaussian();
        }
        return new LogitMap(map.shape(), values);
    }

    private static LogitMap oneClass(LogitMap map) {
        float[] values = new float[map.values().length];
        Arrays.fill(values, 0, map.shape().plane(), 12);
        return new LogitMap(map.shape(), values);
    }

    private static LogitMap turned(LogitMap map) {
        float[] values = new float[map.values().length];
        for (int i = 0; i < values.length; i++) {
            values[(i + 4 * map.shape().plane()) % values.length] = map.values()[i];
        }
        return new LogitMap(map.shape(), values);
    }
}
