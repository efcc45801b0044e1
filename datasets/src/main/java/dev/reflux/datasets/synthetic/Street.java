package dev.reflux.datasets.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One street of 700 m with its objects, generated from a seed. */
final class Street {

    static final float ROAD_HALF = 4.2f;
    static final float PAVEMENT_END = 7.2f;
    private static final float LENGTH = 700;
    private static final int[] WALLS = {0x9A6B55, 0xB59A7C, 0x8C8680, 0xA8A296, 0x7A5548, 0xC2B59B, 0x6F7680};
    private static final int[] PAINTS = {0xB01C1C, 0x1C3FA0, 0xD8D8D8, 0x202024, 0x7C8288, 0x2A6B3C, 0xC9A227};
    private static final int[] CLOTHES = {0x304A8C, 0x8C3040, 0x3C3C40, 0xC8C0A8, 0x3E6B4A, 0xD07A30};

    private final List<Thing> things = new ArrayList<>();
    private final SplittableRandom random;
    private final float bend;
    private final float bendLength;

    Street(long seed) {
        random = new SplittableRandom(seed);
        bend = (part() - 0.5f) * 0.006f;
        bendLength = 60 + 80 * part();
        for (int side = -1; side <= 1; side += 2) {
            build(side);
            furnish(side);
        }
        drive();
    }

    List<Thing> things() {
        return things;
    }

    /** How far the road's middle has swung right at a distance ahead of a camera, metres. */
    float middle(float cameraZ, float ahead) {
        float swing = (float) StrictMath.sin(cameraZ / bendLength);
        return 0.5f * bend * swing * ahead * ahead;
    }

    private void build(int side) {
        float z = -20;
        while (z < LENGTH) {
            float length = 8 + 16 * part();
            if (part() < 0.72f) {
                float x = side * (PAVEMENT_END + 1.5f + 2.5f * part());
                add(Thing.Kind.BUILDING, x, z, length, 5 + 11 * part(), pick(WALLS), 0);
            } else {
                plant(side, z, z + length);
            }
            z += length + (part() < 0.3f ? 4 * part() : 0);
        }
    }

    private void plant(int side, float from, float to) {
        for (float at = from; at < to; at += 4 + 3 * part()) {
            float x = side * (PAVEMENT_END + 2 + 4 * part());
            add(Thing.Kind.TREE, x, at, 3 + 2 * part(), 5 + 4 * part(), 0x3F6B2E, 0);
        }
    }

    private void furnish(int side) {
        for (float z = -10; z < LENGTH; z += 7 + 14 * part()) {
            float what = part();
            if (what < 0.3f) {
                add(Thing.Kind.POLE, side * (ROAD_HALF + 0.5f), z, 0.24f, 4.5f + 2 * part(), 0x77797C, 0);
            } else if (what < 0.42f) {
                add(Thing.Kind.TREE, side * (PAVEMENT_END - 0.6f), z, 2.6f, 5.5f, 0x4B7A35, 0);
            } else if (what < 0.75f) {
                float x = side * (ROAD_HALF + 0.8f + 1.8f * part());
                float speed = (part() < 0.5f ? 1 : -1) * (0.8f + part());
                add(Thing.Kind.PERSON, x, z, 0.6f, 1.6f + 0.3f * part(), pick(CLOTHES), speed);
            } else {
                add(Thing.Kind.CAR, side * (ROAD_HALF - 1.1f), z, 1.8f, 1.5f, pick(PAINTS), 0);
            }
        }
    }

    private void drive() {
        for (float z = 15; z < LENGTH; z += 22 + 30 * part()) {
            boolean oncoming = part() < 0.5f;
            float speed = oncoming ? -7 - 3 * part() : 7 + 2 * part();
            add(Thing.Kind.CAR, oncoming ? -1.5f : 1.5f, z + (oncoming ? 150 : 0), 1.8f, 1.5f, pick(PAINTS), speed);
        }
    }

    private void add(Thing.Kind kind, float x, float z, float width, float height, int color, float speed) {
        things.add(new Thing(kind, x, z, width, height, color, speed, random.nextInt(1 << 16)));
    }

    /** In [0, 1). */
    private float part() {
        return random.nextInt(1 << 24) / (float) (1 << 24);
    }

    private int pick(int[] colors) {
        return colors[random.nextInt(colors.length)];
    }
}
