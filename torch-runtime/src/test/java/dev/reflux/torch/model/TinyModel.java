package dev.reflux.torch.model;

import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.torch.Torch;
import dev.reflux.torch.script.ScriptModule;
import dev.reflux.torch.script.ScriptTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A network of a few hundred weights with batch normalization, written as TorchScript by the test itself. */
public final class TinyModel {

    public static final int CLASSES = 4;
    public static final int FEATURES = 6;
    private static final int WIDTH = 8;

    /** {@code %s} stands for what batch normalization gets as its training flag. */
    private static final String FORWARD =
            """
            def forward(self: Self, x: Tensor) -> Tuple[Tensor, Tensor]:
              y = torch.conv2d(x, self.stem_weight, None, [4, 4], [1, 1])
              training = self.training
              y = torch.batch_norm(y, self.gamma, self.beta, self.running_mean, self.running_var, %s, 0.1, 1e-05, True)
              y = torch.relu(y)
              logits = torch.conv2d(y, self.head_weight, self.head_bias)
              features = torch.conv2d(y, self.feature_weight, None, [2, 2], [1, 1])
              return (logits, features)
            """;

    private static final String LISTS =
            """
            def buffer_list(self: Self) -> List[Tensor]:
              return [self.running_mean, self.running_var]
            def buffer_names(self: Self) -> List[str]:
              return ["running_mean", "running_var"]
            """;

    private static final String RESETS =
            """
            def reset_classes(self: Self, classes: int, seed: int) -> int:
              torch.manual_seed(seed)
              self.head_weight = torch.randn([classes, 8, 1, 1])
              self.head_bias = torch.zeros([classes])
              return classes
            def reset_parameters(self: Self, seed: int) -> int:
              torch.manual_seed(seed)
              _0 = torch.copy_(self.stem_weight, torch.randn([8, 3, 3, 3]))
              _1 = torch.copy_(self.head_weight, torch.randn(torch.size(self.head_weight)))
              return 0
            """;

    private TinyModel() {}

    public static byte[] archive() {
        return module(FORWARD.formatted("training") + LISTS + RESETS).archive();
    }

    /** As torch.jit.trace leaves it behind when the model was in evaluation mode. */
    public static byte[] tracedInEvaluation() {
        return module(FORWARD.formatted("False") + LISTS).archive();
    }

    public static byte[] withoutBufferList() {
        return module(FORWARD.formatted("training")).archive();
    }

    public static byte[] withOneOutput() {
        return module(
                        """
                def forward(self: Self, x: Tensor) -> Tensor:
                  return torch.conv2d(x, self.stem_weight, None, [4, 4], [1, 1])
                """)
                .archive();
    }

    public static byte[] thatRoundsDown() {
        return module(
                        """
                def forward(self: Self, x: Tensor) -> Tuple[Tensor, Tensor]:
                  y = torch.conv2d(torch.avg_pool2d(x, [4, 4]), self.stem_weight, None, [1, 1], [1, 1])
                  return (torch.conv2d(y, self.head_weight), torch.conv2d(y, self.feature_weight, None, [2, 2], [1, 1]))
                """)
                .archive();
    }

    public static byte[] thatFails() {
        return module(
                        """
                def forward(self: Self, x: Tensor) -> Tuple[Tensor, Tensor]:
                  y = torch.conv2d(x, self.head_weight)
                  return (y, y)
                """)
                .archive();
    }

    /** Has the softmax of training inside, as some exports do. */
    public static byte[] withSoftmax() {
        return module(FORWARD.formatted("training").replace("return (logits,", "return (torch.softmax(logits, 1),")
                        + LISTS)
                .archive();
    }

    /** Gives the bias of its last layer, whatever it sees. */
    public static byte[] thatNeverChanges() {
        return module(FORWARD.formatted("training").replace("torch.relu(y)", "torch.mul(y, 0.)") + LISTS)
                .archive();
    }

    /** Has one deviation that is no number, and a method that lists it or not. */
    public static byte[] withNanStatistics(boolean listed) {
        return module(FORWARD.formatted("training") + (listed ? LISTS : ""), Float.NaN)
                .archive();
    }

    private static ScriptModule module(String methods) {
        return module(methods, 1);
    }

    private static ScriptModule module(String methods, float lastVariance) {
        float[] ones = new float[WIDTH];
        Arrays.fill(ones, 1);
        float[] variances = ones.clone();
        variances[WIDTH - 1] = lastVariance;
        return ScriptModule.of("Tiny", methods)
                .withParameters(
                        new ScriptTensor("stem_weight", new long[] {8, 3, 3, 3}, Torch.random(1, 8 * 27, 0.3)),
                        new ScriptTensor("gamma", new long[] {8}, ones),
                        new ScriptTensor("beta", new long[] {8}, Torch.random(2, 8, 0.1)),
                        new ScriptTensor(
                                "head_weight", new long[] {CLASSES, 8, 1, 1}, Torch.random(3, CLASSES * 8, 0.3)),
                        new ScriptTensor("head_bias", new long[] {CLASSES}, new float[CLASSES]),
                        new ScriptTensor(
                                "feature_weight", new long[] {FEATURES, 8, 3, 3}, Torch.random(4, FEATURES * 72, 0.1)))
                .withBuffers(
                        new ScriptTensor("running_mean", new long[] {8}, new float[WIDTH]),
                        new ScriptTensor("running_var", new long[] {8}, variances));
    }

    public static LabelSchema schema(int classes) {
        List<LabelClass> list = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            list.add(new LabelClass(c, "class " + c, 0x101010 * c));
        }
        return LabelSchema.of("test-" + classes, list);
    }

    /** Writes a file and its card. */
    public static ModelCard write(Path file, byte[] archive) {
        try {
            Files.write(file, archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ModelCard.parse(String.format(
                Locale.ROOT,
                """
                {"name": "tiny", "role": "student", "format": "torchscript", "file": "%s", "sha256": "%s", "bytes": %d,
                 "labelSchema": %s,
                 "input": {"width": 64, "height": 48, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
                 "logits": {"stride": 4}, "features": {"channels": %d, "stride": 8}, "reheadable": true,
                 "licence": "Apache-2.0"}
                """,
                file.getFileName(),
                Sha256.hex(archive),
                archive.length,
                schema(CLASSES).toJson(),
                FEATURES));
    }
}
