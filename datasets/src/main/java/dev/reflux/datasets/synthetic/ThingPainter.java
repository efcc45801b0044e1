package dev.reflux.datasets.synthetic;

/** Paints upright objects that face the camera. {@code scale} is pixels a metre, {@code base} the row of its feet. */
final class ThingPainter {

    private final Canvas canvas;
    private final float seconds;

    ThingPainter(Canvas canvas, float seconds) {
        this.canvas = canvas;
        this.seconds = seconds;
    }

    void paint(Thing thing, float cx, float base, float scale, float z) {
        switch (thing.kind()) {
            case TREE -> tree(thing, cx, base, scale, z);
            case POLE -> pole(thing, cx, base, scale, z);
            case CAR -> car(thing, cx, base, scale, z);
            case PERSON -> person(thing, cx, base, scale, z);
            case BUILDING -> throw new IllegalArgumentException("a building has a wall along the street");
        }
    }

    private void tree(Thing tree, float cx, float base, float scale, float z) {
        float trunk = 0.14f * scale;
        float height = tree.height() * scale;
        canvas.rectangle(cx - trunk, base - height * 0.5f, cx + trunk, base, 0x4A3A2A, Canvas.VEGETATION, z);
        float crown = tree.width() / 2 * scale;
        canvas.crown(cx, base - height * 0.68f, crown, height * 0.34f, tree.color(), Canvas.VEGETATION, z, tree.look());
    }

    private void pole(Thing pole, float cx, float base, float scale, float z) {
        float half = Math.max(0.5f, pole.width() / 2 * scale);
        float top = base - pole.height() * scale;
        canvas.rectangle(cx - half, top, cx + half, base, pole.color(), Canvas.POLE_SIGN, z);
        if (pole.look() % 3 == 0) {
            float arm = cx + (pole.x() < 0 ? 1 : -1) * 1.3f * scale;
            float thick = top + 0.2f * scale;
            canvas.rectangle(Math.min(cx, arm), top, Math.max(cx, arm), thick, pole.color(), Canvas.POLE_SIGN, z);
            canvas.light(Math.round(arm), Math.round(top + 0.1f * scale), 230);
        } else {
            float radius = 0.45f * scale;
            int face = pole.look() % 3 == 1 ? 0xC03028 : 0x2858B0;
            canvas.ellipse(cx, top + radius, radius, radius, face, Canvas.POLE_SIGN, z);
        }
    }

    private void car(Thing car, float cx, float base, float scale, float z) {
        float half = car.width() / 2 * scale;
        float waist = base - 0.95f * scale;
        float roof = base - car.height() * scale;
        for (int side = -1; side <= 1; side += 2) {
            float tyre = cx + side * half * 0.75f;
            canvas.rectangle(tyre - half * 0.2f, waist, tyre + half * 0.2f, base, 0x141416, Canvas.CAR, z);
        }
        canvas.rectangle(cx - half, waist, cx + half, base - 0.22f * scale, car.color(), Canvas.CAR, z);
        int cabin = Canvas.shade(car.color(), 0.9f);
        canvas.rectangle(cx - half * 0.8f, roof, cx + half * 0.8f, waist, cabin, Canvas.CAR, z);
        float glass = roof + 0.1f * scale;
        canvas.rectangle(cx - half * 0.7f, glass, cx + half * 0.7f, waist - 0.02f * scale, 0x2A3440, Canvas.CAR, z);
        lamp(car, cx - half * 0.8f, waist + 0.25f * scale, scale, z);
        lamp(car, cx + half * 0.8f, waist + 0.25f * scale, scale, z);
    }

    private void lamp(Thing car, float x, float y, float scale, float z) {
        boolean towards = car.speed() < 0;
        float size = Math.max(0.6f, 0.14f * scale);
        int color = towards ? 0xF4F0D8 : 0xB01818;
        canvas.rectangle(x - size, y - size * 0.6f, x + size, y + size * 0.6f, color, Canvas.CAR, z);
        for (int dy = (int) -size; dy <= size; dy++) {
            for (int dx = (int) -size; dx <= size; dx++) {
                canvas.light(Math.round(x) + dx, Math.round(y) + dy, towards ? 255 : 120);
            }
        }
    }

    private void person(Thing person, float cx, float base, float scale, float z) {
        float height = person.height() * scale;
        float half = person.width() / 2 * scale;
        float stride = 0.35f * half * (float) StrictMath.sin(seconds * 6 + person.look());
        for (int leg = -1; leg <= 1; leg += 2) {
            float x = cx + leg * (half * 0.3f - stride);
            canvas.rectangle(
                    x - half * 0.28f, base - height * 0.48f, x + half * 0.28f, base, 0x24262E, Canvas.PERSON, z);
        }
        float shoulders = base - height * 0.84f;
        float hips = base - height * 0.45f;
        canvas.rectangle(cx - half * 0.75f, shoulders, cx + half * 0.75f, hips, person.color(), Canvas.PERSON, z);
        canvas.ellipse(cx, base - height * 0.91f, height * 0.075f, height * 0.09f, 0xC89878, Canvas.PERSON, z);
    }
}
