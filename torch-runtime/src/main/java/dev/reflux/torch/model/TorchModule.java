package dev.reflux.torch.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import dev.reflux.torch.weights.TensorBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A TorchScript module with its parameters and buffers by name. Keeps track of training and inference mode itself: DJL
 * evaluates by default, and batch normalisation would then silently never learn. One owner thread.
 */
final class TorchModule implements AutoCloseable {

    private final TorchRuntime runtime;
    private final boolean trainable;
    private PtNDManager manager;
    private PtSymbolBlock block;
    private boolean training;
    private Set<String> methods = Set.of();
    private List<PtNDArray> parameters = List.of();
    private List<String> parameterNames = List.of();
    private List<PtNDArray> buffers = List.of();
    private List<String> bufferNames = List.of();

    private TorchModule(TorchRuntime runtime, boolean trainable, PtNDManager manager, PtSymbolBlock block) {
        this.runtime = runtime;
        this.trainable = trainable;
        this.manager = manager;
        this.block = block;
    }

    /** @throws EngineException when PyTorch cannot load the file */
    static TorchModule load(TorchRuntime runtime, Path file, boolean trainable) {
        PtNDManager manager = newManager(runtime);
        try {
            PtSymbolBlock block =
                    JniUtils.loadModule(manager, file, !runtime.onCpu(), new String[0], new String[0], trainable);
            return started(new TorchModule(runtime, trainable, manager, block));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** @throws EngineException when PyTorch cannot load the bytes */
    static TorchModule load(TorchRuntime runtime, byte[] archive, boolean trainable) {
        PtNDManager manager = newManager(runtime);
        try {
            return started(new TorchModule(runtime, trainable, manager, read(runtime, manager, archive)));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static TorchModule started(TorchModule module) {
        module.setTraining(false);
        module.readTensors();
        return module;
    }

    private static PtNDManager newManager(TorchRuntime runtime) {
        return (PtNDManager) runtime.manager().newSubManager();
    }

    private static PtSymbolBlock read(TorchRuntime runtime, PtNDManager manager, byte[] archive) {
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), !runtime.onCpu(), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readTensors() {
        methods = new HashSet<>(Arrays.asList(JniUtils.getMethodNames(block)));
        List<PtNDArray> found = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (NDArray parameter : JniUtils.moduleGetParams(block, manager)) {
            JniUtils.attachGradient((PtNDArray) parameter, trainable);
            found.add((PtNDArray) parameter);
            names.add(parameter.getName());
        }
        parameters = List.copyOf(found);
        parameterNames = List.copyOf(names);
        if (has("buffer_list") && has("buffer_names")) {
            try (IValue list = IValueUtils.runMethod(block, "buffer_list");
                    IValue texts = IValueUtils.runMethod(block, "buffer_names")) {
                buffers = List.of(list.toTensorArray(manager));
                bufferNames = Arrays.stream(texts.toIValueArray())
                        .map(TorchModule::textAndClose)
                        .toList();
            }
        }
    }

    private static String textAndClose(IValue value) {
        try (value) {
            return value.toStringValue();
        }
    }

    boolean has(String method) {
        return methods.contains(method);
    }

    List<PtNDArray> parameters() {
        return parameters;
    }

    List<String> parameterNames() {
        return parameterNames;
    }

    List<PtNDArray> buffers() {
        return buffers;
    }

    List<String> bufferNames() {
        return bufferNames;
    }

    /** In evaluation mode, unrecorded, whatever the thread's gradient mode. */
    NDList infer(NDManager to, NDArray input) {
        setTraining(false);
        boolean recording = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return LoadedScript.forward(to, block, new NDList(input));
        } finally {
            JniUtils.setGradMode(recording);
        }
    }

    /** In training mode; recorded if the thread's gradient mode is on. */
    NDList train(NDManager to, NDArray input) {
        setTraining(true);
        return LoadedScript.forward(to, block, new NDList(input));
    }

    private void setTraining(boolean wanted) {
        if (wanted) {
            JniUtils.enableTrainingMode(block);
        } else {
            JniUtils.enableInferenceMode(block);
        }
        training = wanted;
    }

    /**
     * Calls a method that makes new tensors, with whole numbers as arguments. Such tensors could not be trained (they
     * are made in PyTorch's inference mode), so the module is written and read once; every tensor that was handed out
     * before is dead then.
     */
    long rebuild(String method, long... arguments) {
        IValue[] values = Arrays.stream(arguments).mapToObj(IValue::from).toArray(IValue[]::new);
        long result;
        try (IValue returned = IValueUtils.runMethod(block, method, values)) {
            result = returned.isLong() ? returned.toLong() : 0;
        } finally {
            Arrays.stream(values).forEach(IValue::close);
        }
        byte[] archive = archive();
        PtNDManager old = manager;
        PtSymbolBlock oldBlock = block;
        manager = newManager(runtime);
        block = read(runtime, manager, archive);
        setTraining(training);
        readTensors();
        oldBlock.close();
        old.close();
        return result;
    }

    /** The module as a TorchScript file, in evaluation mode; the mode in memory is as before afterwards. */
    byte[] archive() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
        write(bytes);
        return bytes.toByteArray();
    }

    void save(Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(OutputStream out) {
        boolean before = training;
        setTraining(false);
        try {
            JniUtils.writeModule(block, out, false);
        } finally {
            setTraining(before);
        }
    }

    /** Parameters and buffers by name, parameters first. */
    List<NamedTensor> tensors() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            tensors.add(TensorBytes.of(parameterNames.get(i), parameters.get(i)));
        }
        for (int i = 0; i < buffers.size(); i++) {
            tensors.add(TensorBytes.of(bufferNames.get(i), buffers.get(i)));
        }
        return tensors;
    }

    byte[] safetensors(Map<String, String> metadata) {
        return Safetensors.write(tensors(), metadata);
    }

    /** @throws IllegalArgumentException when names or shapes are not this module's */
    void restore(byte[] safetensors) {
        Map<String, NamedTensor> given = new HashMap<>();
        Safetensors.read(safetensors).tensors().forEach(t -> given.put(t.name(), t));
        if (given.size() != parameters.size() + buffers.size()) {
            throw new IllegalArgumentException("weights of " + given.size() + " tensors are not those of a module of "
                    + (parameters.size() + buffers.size()));
        }
        restore(given, parameterNames, parameters);
        restore(given, bufferNames, buffers);
    }

    private void restore(Map<String, NamedTensor> given, List<String> names, List<PtNDArray> targets) {
        for (int i = 0; i < names.size(); i++) {
            NamedTensor tensor = given.get(names.get(i));
            if (tensor == null) {
                throw new IllegalArgumentException("the weights lack the tensor " + names.get(i));
            }
            TensorBytes.set(runtime.helper(), targets.get(i), tensor);
        }
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}
