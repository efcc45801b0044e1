package dev.reflux.trainer.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every term and gradient against an independent implementation in double precision: golden/loss/generate.py. */
class GoldenLossTest {

    private static final double RELATIVE = 1e-5;
    private static TorchRuntime runtime;
    private static DistillationLoss loss;
    private static Safetensors.File golden;

    @BeforeAll
    static void start() throws IOException {
        runtime = TorchRuntime.start(new TorchOptions(2, "cpu"));
        loss = new DistillationLoss(runtime);
        golden = Safetensors.read(resource("loss.safetensors"));
    }

    @AfterAll
    static void stop() {
        loss.close();
        runtime.close();
    }

    record Case(String name, DistillationMethod method, JsonNode terms) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        JsonNode index = new ObjectMapper().readTree(resource("cases.json"));
        return StreamSupport.stream(index.spliterator(), false)
                .map(one -> new Case(one.get("name").asText(), method(one.get("settings")), one.get("terms")));
    }

    private static DistillationMethod method(JsonNode of) {
        return switch (of.get("method").asText()) {
            case "HETEROAKD" ->
                new LossSettings(
                        of.get("kd").asDouble(),
                        of.get("hakd").asDouble(),
                        of.get("projection").asDouble(),
                        of.get("tau").asDouble(),
                        KemAxis.valueOf(of.get("axis").asText()),
                        of.get("kmm").asBoolean(),
                        of.get("kem").asBoolean(),
                        1);
            case "CWD" ->
                new ChannelWise(
                        of.get("weight").asDouble(),
                        of.get("tau").asDouble(),
                        of.get("projection").asDouble());
            default ->
                new StructuredPairs(
                        of.get("kd").asDouble(),
                        of.get("pair").asDouble(),
                        of.get("tau").asDouble(),
                        of.get("pool").asInt(),
                        of.get("projection").asDouble());
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenAGoldenCase_whenTheLossIsTaken_thenTermsAndGradientsAgree(Case given) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = loss.of(scratch, given.method(), inputs(scratch, given.name(), false));

            agrees(given, terms);
        }
    }

    /** How a model's outputs lie in memory when its input's channels come last. */
    @ParameterizedTest
    @MethodSource("cases")
    void givenStudentTensorsWithChannelsLast_whenTheLossIsTaken_thenTermsAndGradientsAgree(Case given) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = loss.of(scratch, given.method(), inputs(scratch, given.name(), true));

            agrees(given, terms);
        }
    }

    private static void agrees(Case given, LossTerms terms) {
        assertTerm("ce", terms.ce(), given);
        assertTerm("bce", terms.bce(), given);
        assertTerm("kd", terms.kd(), given);
        assertTerm("own", terms.hakd(), given);
        assertTerm("total", terms.total(), given);
        if (given.terms().get("share").asDouble() >= 0) {
            assertTerm("share", terms.teacherShare(), given);
        }
        if (given.terms().get("largest").asDouble() >= 0) {
            assertTerm("largest", terms.maxWeight(), given);
        }
        assertGradient(terms.logitsGradient().toFloatArray(), values(given.name() + ".ds"));
        assertGradient(terms.projectedGradient().toFloatArray(), values(given.name() + ".dz"));
    }

    private static void assertTerm(String name, double actual, Case given) {
        double expected = given.terms().get(name).asDouble();
        assertThat(actual).as(name).isCloseTo(expected, within(RELATIVE * Math.abs(expected) + 1e-12));
    }

    private static void assertGradient(float[] actual, double[] expected) {
        double norm = Math.sqrt(Arrays.stream(expected).map(x -> x * x).sum());
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        double error = 0;
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("element " + i)
                    .isCloseTo(expected[i], within(RELATIVE * largest + 1e-12));
            error += Math.pow(actual[i] - expected[i], 2);
        }
        assertThat(Math.sqrt(error)).isLessThanOrEqualTo(RELATIVE * norm + 1e-12);
    }

    private static LossInputs inputs(NDManager to, String name, boolean channelsLast) {
        NDArray s = tensor(to, name + ".s", channelsLast);
        NDArray zs = tensor(to, name + ".zs", channelsLast);
        return new LossInputs(
                s,
                onGridOf(s, to, tensor(to, name + ".t", false)),
                labels(to, name, s),
                zs,
                onGridOf(zs, to, tensor(to, name + ".zt", false)),
                labels(to, name, zs));
    }

    private static NDArray onGridOf(NDArray student, NDManager to, NDArray teacher) {
        Shape shape = student.getShape();
        return teacher.getShape().equals(shape)
                ? teacher
                : runtime.helper().resize(to, teacher, (int) shape.get(2), (int) shape.get(3));
    }

    private static NDArray labels(NDManager to, String name, NDArray on) {
        NamedTensor full = golden.require(name + ".y");
        int frames = full.shape().get(0).intValue();
        int height = full.shape().get(1).intValue();
        int width = full.shape().get(2).intValue();
        float[] values = full.floats();
        int rows = (int) on.getShape().get(2);
        int columns = (int) on.getShape().get(3);
        ByteBuffer grid = ByteBuffer.allocateDirect(frames * rows * columns);
        for (int n = 0; n < frames; n++) {
            byte[] ids = new byte[height * width];
            for (int p = 0; p < ids.length; p++) {
                ids[p] = (byte) (int) values[n * ids.length + p];
            }
            grid.put(new LabelMap(width, height, ids).nearest(columns, rows).ids());
        }
        return to.create(grid.rewind(), new Shape(frames, rows, columns), DataType.UINT8);
    }

    private static NDArray tensor(NDManager to, String name, boolean channelsLast) {
        NamedTensor tensor = golden.require(name);
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        NDArray plain = to.create(tensor.floats(), new Shape(shape));
        if (!channelsLast) {
            return plain;
        }
        NDArray last = plain.transpose(0, 2, 3, 1);
        return to.create(last.toFloatArray(), last.getShape()).transpose(0, 3, 1, 2);
    }

    private static double[] values(String name) {
        float[] floats = golden.require(name).floats();
        double[] values = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GoldenLossTest.class.getResourceAsStream("/golden/loss/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
