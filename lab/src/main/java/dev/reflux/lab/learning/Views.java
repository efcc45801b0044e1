package dev.reflux.lab.learning;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import java.util.Optional;

/**
 * The sizes at which both models look at a frame. Both see the whole of it.
 *
 * @param teacher the size at which the teacher looks
 * @param student the size at which the student looks
 */
record Views(ImageSize teacher, ImageSize student) {

    /** Returns the sizes that were given, or else the data set's, at most that of the teacher's card. */
    static Views of(LearningSettings settings, Dataset dataset) {
        ImageSize teacher = Optional.ofNullable(settings.teacherView()).orElseGet(() -> dataset.size()
                .upTo(ModelCard.read(settings.teacher()).input().size()));
        return new Views(teacher, Optional.ofNullable(settings.view()).orElse(teacher));
    }

    @Override
    public String toString() {
        return teacher.equals(student) ? "at " + student : "student at " + student + ", teacher at " + teacher;
    }
}
