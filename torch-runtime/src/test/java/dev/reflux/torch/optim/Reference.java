package dev.reflux.torch.optim;

import java.util.ArrayList;
import java.util.List;

/** The published formulas, in double precision. */
interface Reference {

    void step(List<double[]> parameters, List<float[]> gradients, double rate);

    static double[] doubles(float[] values) {
        double[] copy = new double[values.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = values[i];
        }
        return copy;
    }

    private static List<double[]> zeros(List<double[]> like) {
        List<double[]> zeros = new ArrayList<>();
        like.forEach(p -> zeros.add(new double[p.length]));
        return zeros;
    }

    /** torch.optim.SGD, dampening 0. */
    final class Sgd implements Reference {
        private final double momentum;
        private final double decay;
        private final boolean nesterov;
        private List<double[]> velocity = List.of();

        Sgd(double momentum, double decay, boolean nesterov) {
            this.momentum = momentum;
            this.decay = decay;
            this.nesterov = nesterov;
        }

        @Override
        public void step(List<double[]> parameters, List<float[]> gradients, double rate) {
            boolean first = velocity.isEmpty();
            if (first) {
                velocity = zeros(parameters);
            }
            for (int i = 0; i < parameters.size(); i++) {
                double[] p = parameters.get(i);
                double[] v = velocity.get(i);
                for (int k = 0; k < p.length; k++) {
                    double g = gradients.get(i)[k] + decay * p[k];
                    v[k] = first ? g : momentum * v[k] + g;
                    p[k] -= rate * (nesterov ? g + momentum * v[k] : v[k]);
                }
            }
        }
    }

    /** Loshchilov and Hutter's AdamW. */
    final class Adam implements Reference {
        private final double beta1;
        private final double beta2;
        private final double decay;
        private final double epsilon;
        private List<double[]> first = List.of();
        private List<double[]> second = List.of();
        private int t;

        Adam(double beta1, double beta2, double decay, double epsilon) {
            this.beta1 = beta1;
            this.beta2 = beta2;
            this.decay = decay;
            this.epsilon = epsilon;
        }

        @Override
        public void step(List<double[]> parameters, List<float[]> gradients, double rate) {
            if (t++ == 0) {
                first = zeros(parameters);
                second = zeros(parameters);
            }
            for (int i = 0; i < parameters.size(); i++) {
                double[] p = parameters.get(i);
                double[] m = first.get(i);
                double[] v = second.get(i);
                for (int k = 0; k < p.length; k++) {
                    double g = gradients.get(i)[k];
                    p[k] *= 1 - rate * decay;
                    m[k] = beta1 * m[k] + (1 - beta1) * g;
                    v[k] = beta2 * v[k] + (1 - beta2) * g * g;
                    double mHat = m[k] / (1 - Math.pow(beta1, t));
                    double vHat = v[k] / (1 - Math.pow(beta2, t));
                    p[k] -= rate * mHat / (Math.sqrt(vHat) + epsilon);
                }
            }
        }
    }
}
