package dev.reflux.datasets.synthetic;

import java.util.Comparator;
import java.util.List;

/** Paints a street as a camera on a car's roof sees it, far things first. Colors are those of a white light. */
final class ScenePainter {

    static final float CAMERA_HEIGHT = 1.45f;
    private static final float NEAREST = 2.2f;
    private static final float FARTHEST = 130;
    private static final float EDGE_LINE = 3.9f;

    private final Canvas canvas;
    private final Street street;
    private final float cameraZ;
    private final float seconds;
    private final float focal;
    private final float horizon;
    private final ThingPainter things;

    /**
     * @param cameraZ metres along the street
     * @param seconds since the drive began, for all that moves
     */
    ScenePainter(Canvas canvas, Street street, float cameraZ, float seconds) {
        this.canvas = canvas;
        this.street = street;
        this.cameraZ = cameraZ;
        this.seconds = seconds;
        this.focal = 0.85f * canvas.width();
        // The car nods a little.
        this.horizon = canvas.height() * (0.44f + 0.008f * (float) StrictMath.sin(seconds * 2.1));
        this.things = new ThingPainter(canvas, seconds);
    }

    void paint() {
        ground();
        List<Thing> visible = street.things().stream()
                .filter(thing -> farEnd(thing) > NEAREST && distance(thing) < FARTHEST)
                .sorted(Comparator.comparingDouble((Thing thing) -> -farEnd(thing)))
                .toList();
        visible.forEach(this::stand);
    }

    private float distance(Thing thing) {
        return thing.zAt(seconds) - cameraZ;
    }

    /** A building is painted before all that stands in front of its far end. */
    private float farEnd(Thing thing) {
        return distance(thing) + (thing.kind() == Thing.Kind.BUILDING ? thing.width() : 0);
    }

    private void ground() {
        for (int y = (int) horizon + 1; y < canvas.height(); y++) {
            float z = CAMERA_HEIGHT * focal / (y - horizon);
            float middle = street.middle(cameraZ, z);
            for (int x = 0; x < canvas.width(); x++) {
                groundPixel(x, y, (x - canvas.width() / 2f) * z / focal - middle, z);
            }
        }
    }

    private void groundPixel(int x, int y, float across, float z) {
        float along = cameraZ + z;
        float side = Math.abs(across);
        int grain = Canvas.hash((int) StrictMath.floor(across * 7), (int) StrictMath.floor(along * 3), 11) & 31;
        if (side < Street.ROAD_HALF) {
            boolean dash = side < 0.11f && Math.floorMod((int) StrictMath.floor(along), 6) < 3;
            if (dash || Math.abs(side - EDGE_LINE) < 0.09f) {
                canvas.set(x, y, 0xE6E2D4, Canvas.LANE_MARKING, z);
            } else {
                int grey = 84 + grain / 2;
                canvas.set(x, y, grey << 16 | grey << 8 | grey + 3, Canvas.ROAD, z);
            }
        } else if (side < Street.PAVEMENT_END) {
            boolean joint = Math.floorMod((int) StrictMath.floor(along * 1.2), 2) == 0;
            int tone = (side < Street.ROAD_HALF + 0.25f ? 190 : joint ? 150 : 142) + grain / 3;
            canvas.set(x, y, tone << 16 | tone - 6 << 8 | tone - 14, Canvas.PAVEMENT, z);
        } else {
            canvas.set(x, y, Canvas.shade(0x5E8A3C, 0.75f + grain / 80f), Canvas.VEGETATION, z);
        }
    }

    private void stand(Thing thing) {
        if (thing.kind() == Thing.Kind.BUILDING) {
            building(thing);
            return;
        }
        float z = Math.max(NEAREST, distance(thing));
        float scale = focal / z;
        float cx = canvas.width() / 2f + (thing.x() + street.middle(cameraZ, z)) * scale;
        things.paint(thing, cx, horizon + CAMERA_HEIGHT * scale, scale, z);
    }

    /** The wall along the street, column by column, and the gable that faces the camera. */
    private void building(Thing wall) {
        float near = Math.max(NEAREST, distance(wall));
        float far = Math.min(FARTHEST, farEnd(wall));
        float xNear = canvas.width() / 2f + (wall.x() + street.middle(cameraZ, near)) * focal / near;
        float xFar = canvas.width() / 2f + (wall.x() + street.middle(cameraZ, far)) * focal / far;
        float xBack = xNear + (wall.x() < 0 ? -12 : 12) * focal / near;
        wall(wall, xNear, xBack, near, near, 0.82f);
        wall(wall, xNear, xFar, near, far, 1);
    }

    private void wall(Thing wall, float from, float to, float zFrom, float zTo, float tone) {
        int x0 = Math.max(0, Math.round(Math.min(from, to)));
        int x1 = Math.min(canvas.width() - 1, Math.round(Math.max(from, to)));
        for (int x = x0; x <= x1; x++) {
            float part = from == to ? 0 : (x - from) / (to - from);
            // Along a straight wall it is depth's inverse that is linear.
            float z = 1 / (1 / zFrom + part * (1 / zTo - 1 / zFrom));
            float along = zFrom == zTo ? part * 12 : cameraZ + z - wall.z();
            column(wall, x, z, along, tone);
        }
    }

    private void column(Thing wall, int x, float z, float along, float tone) {
        float bottom = horizon + CAMERA_HEIGHT * focal / z;
        int y0 = Math.max(0, Math.round(horizon - (wall.height() - CAMERA_HEIGHT) * focal / z));
        int y1 = Math.min(canvas.height(), Math.round(bottom));
        int bay = (int) StrictMath.floor(along / 2.4f);
        boolean betweenBays = Math.abs(along - bay * 2.4f - 1.2f) < 0.65f;
        for (int y = y0; y < y1; y++) {
            float up = (bottom - y) * z / focal;
            float inStorey = up % 2.9f;
            if (betweenBays && inStorey > 1 && inStorey < 2.3f && up < wall.height() - 0.6f) {
                canvas.set(x, y, 0x3B4652, Canvas.BUILDING, z);
                boolean lit = (Canvas.hash(bay, (int) (up / 2.9f), wall.look()) & 7) < 3;
                canvas.light(x, y, lit ? 150 : 0);
            } else {
                int grain = Canvas.hash((int) (along * 5), (int) (up * 5), wall.look()) & 15;
                canvas.set(x, y, Canvas.shade(wall.color(), tone * (0.9f + grain / 90f)), Canvas.BUILDING, z);
            }
        }
    }
}
