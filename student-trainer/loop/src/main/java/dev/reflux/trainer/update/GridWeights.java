package dev.reflux.trainer.update;

import ai.djl.ndarray.types.Shape;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The weights of a batch's cells in a term of the loss: a cell has the weight of its class, times another weight if it has no
 * label. Immutable.
 *
 * @param taught the class that each cell teaches; a cell without one has the weight 0
 * @param labels the labels on the same grid
 * @param ofClasses the weight of each class
 * @param unlabeled the factor for a cell without a label
 */
record GridWeights(List<LabelMap> taught, List<LabelMap> labels, double[] ofClasses, double unlabeled) {

    Shape shape() {
        LabelMap first = taught.get(0);
        return new Shape(taught.size(), first.height(), first.width());
    }

    void writeTo(FloatBuffer to) {
        for (int n = 0; n < taught.size(); n++) {
            byte[] classes = taught.get(n).ids();
            byte[] labeled = labels.get(n).ids();
            for (int i = 0; i < classes.length; i++) {
                int c = classes[i] & 0xFF;
                double factor = (labeled[i] & 0xFF) == LabelSchema.IGNORE ? unlabeled : 1;
                to.put(c == LabelSchema.IGNORE ? 0 : (float) (factor * ofClasses[c]));
            }
        }
    }
}
