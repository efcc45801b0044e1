package dev.reflux.common.label;

import dev.reflux.common.failure.UsageException;

/**
 * One class of a label schema.
 *
 * @param id value of its pixels in a label map, from 0
 * @param name name in reports; not blank
 * @param rgb color in overlays, 0xRRGGBB
 */
public record LabelClass(int id, String name, int rgb) {

    /** Checks id, name and color. */
    public LabelClass {
        if (id < 0 || id >= LabelSchema.MAX_CLASSES) {
            throw new UsageException("Class " + name + " has id " + id + "; class ids run from 0 to "
                    + (LabelSchema.MAX_CLASSES - 1) + ".");
        }
        if (name.isBlank()) {
            throw new UsageException("The class with id " + id + " has no name; give it one.");
        }
        if (rgb < 0 || rgb > 0xFFFFFF) {
            throw new UsageException("Class " + name + " has a color outside 0x000000..0xFFFFFF; correct its rgb.");
        }
    }
}
