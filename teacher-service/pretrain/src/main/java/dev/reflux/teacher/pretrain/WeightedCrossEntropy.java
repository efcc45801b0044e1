package dev.reflux.teacher.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.TorchScriptHelper;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The weighted cross-entropy Σ_i w(y_i) · (−log softmax(s_i)[y_i]) / Σ_i w(y_i) over the labeled cells, and its gradient in
 * closed form, w(y_i)/Σw · (softmax(s_i) − onehot(y_i)). It is {@code torch.nn.CrossEntropyLoss(weight, ignore_index=255)},
 * but 0 instead of NaN if no cell is labeled. Logits are first upsampled to the grid of the labels (bilinear, half-pixel
 * centers); the gradient passes back through that. One thread.
 */
final class WeightedCrossEntropy implements AutoCloseable {

    private static final String SCRIPT =
            """
            def forward(self: Self, logits: Tensor, labels: Tensor, weights: Tensor) -> Tuple[Tensor, Tensor]:
              n = torch.size(logits, 0)
              c = torch.size(logits, 1)
              h = torch.size(labels, 1)
              w = torch.size(labels, 2)
              s = torch.upsample_bilinear2d(logits, [h, w], False, None, None)
              y = torch.to(labels, 4)
              valid = torch.ne(y, 255)
              target = torch.unsqueeze(torch.mul(y, valid), 1)
              o = torch.mul(torch.reshape(torch.index_select(weights, 0, torch.reshape(target, [-1])), torch.size(target)), torch.unsqueeze(valid, 1))
              total = torch.clamp_min(torch.sum(o), 1e-12)
              share = torch.div(o, total)
              logp = torch.log_softmax(s, 1)
              loss = torch.neg(torch.sum(torch.mul(torch.gather(logp, 1, target), share)))
              p = torch.exp(logp)
              hot = torch.scatter_add(p, 1, target, torch.neg(torch.ones_like(share)))
              g = torch.upsample_bilinear2d_backward(torch.mul(hot, share), [h, w], [n, c, torch.size(logits, 2), torch.size(logits, 3)], False, None, None)
              return (loss, g)
            """;

    /**
     * The loss and its gradient.
     *
     * @param value the loss, a scalar
     * @param gradient the gradient with respect to the logits, [N,C,h,w]
     */
    record Result(NDArray value, NDArray gradient) {}

    private final NDManager manager;
    private final LoadedScript script;
    private final NDArray weights;
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);

    /** @param weights the weight of each class */
    WeightedCrossEntropy(TorchRuntime runtime, float[] weights) {
        this.manager = runtime.manager().newSubManager();
        this.script = TorchScriptHelper.load(manager, "CrossEntropy", SCRIPT);
        this.weights = manager.create(weights);
    }

    /**
     * Computes the loss. Must be called while nothing is recorded.
     *
     * @param to the owner of the results
     * @param logits float [N,C,h,w]
     * @param labels N maps of one grid, at least as fine as that of the logits
     */
    Result apply(NDManager to, NDArray logits, List<LabelMap> labels) {
        int plane = labels.get(0).ids().length;
        if (memory.capacity() < plane * labels.size()) {
            memory = ByteBuffer.allocateDirect(plane * labels.size());
        }
        memory.clear();
        labels.forEach(label -> memory.put(label.ids()));
        memory.flip();
        Shape shape =
                new Shape(labels.size(), labels.get(0).height(), labels.get(0).width());
        NDArray y = to.create(memory, shape, DataType.UINT8);
        NDList both = script.apply(to, "forward", logits, y, weights);
        return new Result(both.get(0), both.get(1));
    }

    @Override
    public void close() {
        weights.close();
        script.close();
        manager.close();
    }
}
