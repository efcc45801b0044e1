package dev.reflux.trainer.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The golden case of the default settings: golden/loss/defaults.json, which defaults.py writes. */
record DefaultsCase(JsonNode of) {

    private static final double RELATIVE = 1e-5;

    static DefaultsCase read() {
        try (InputStream in = DefaultsCase.class.getResourceAsStream("/golden/loss/defaults.json")) {
            return new DefaultsCase(new ObjectMapper().readTree(Objects.requireNonNull(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LossSettings settings() {
        JsonNode settings = of.get("settings");
        return new LossSettings(
                settings.get("kd").asDouble(),
                settings.get("hakd").asDouble(),
                settings.get("projection").asDouble(),
                settings.get("tau").asDouble(),
                KemAxis.PIXELS,
                true,
                true,
                settings.get("kem_tau").asDouble());
    }

    LossInputs inputs(NDManager to) {
        return new LossInputs(
                maps(to, "s", "logits"),
                maps(to, "t", "logits"),
                labels(to, "y", "logits"),
                maps(to, "zs", "cells"),
                maps(to, "zt", "cells"),
                labels(to, "yz", "cells"));
    }

    void assertAgrees(LossTerms terms) {
        assertTerm("ce", terms.ce());
        assertTerm("kd", terms.kd());
        assertTerm("hakd", terms.hakd());
        assertTerm("bce", terms.bce());
        assertTerm("total", terms.total());
        assertTerm("share", terms.teacherShare());
        assertTerm("largest", terms.maxWeight());
        assertGradient("ds", terms.logitsGradient());
        assertGradient("dz", terms.projectedGradient());
    }

    private void assertTerm(String name, double actual) {
        double expected = of.get("terms").get(name).asDouble();
        assertThat(actual).as(name).isCloseTo(expected, within(RELATIVE * expected));
    }

    private void assertGradient(String name, NDArray gradient) {
        float[] actual = gradient.toFloatArray();
        JsonNode expected = of.get(name);
        assertThat(actual).hasSize(expected.size());
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as(name + " " + i)
                    .isCloseTo(expected.get(i).asDouble(), within(RELATIVE));
        }
    }

    private NDArray maps(NDManager to, String name, String grid) {
        JsonNode values = of.get(name);
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values.get(i).asDouble();
        }
        return to.create(floats, new Shape(size("shape", 0), size("shape", 1), size(grid, 0), size(grid, 1)));
    }

    private NDArray labels(NDManager to, String name, String grid) {
        JsonNode values = of.get(name);
        ByteBuffer ids = ByteBuffer.allocateDirect(values.size());
        values.forEach(value -> ids.put((byte) value.asInt()));
        return to.create(ids.rewind(), new Shape(size("shape", 0), size(grid, 0), size(grid, 1)), DataType.UINT8);
    }

    private long size(String of, int dimension) {
        return this.of.get(of).get(dimension).asLong();
    }
}
