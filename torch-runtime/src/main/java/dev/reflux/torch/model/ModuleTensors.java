package dev.reflux.torch.model;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.reflux.torch.script.TorchScriptHelper;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import dev.reflux.torch.weights.TensorBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters and buffers of a loaded module, by name and in a fixed order. The tensors are live: they change when the
 * module learns, and die with it. One owner thread.
 *
 * @param parameters the tensors that are trained
 * @param parameterNames their names
 * @param buffers the tensors that are saved and not trained, such as batch-norm statistics
 * @param bufferNames their names
 */
record ModuleTensors(
        List<PtNDArray> parameters, List<String> parameterNames, List<PtNDArray> buffers, List<String> bufferNames) {

    private static final String BUFFER_LIST = "buffer_list";
    private static final String BUFFER_NAMES = "buffer_names";

    ModuleTensors {
        parameters = List.copyOf(parameters);
        parameterNames = List.copyOf(parameterNames);
        buffers = List.copyOf(buffers);
        bufferNames = List.copyOf(bufferNames);
    }

    /** Returns whether a module with these methods lists its buffers. PyTorch itself lists parameters only. */
    static boolean listsBuffers(Set<String> methods) {
        return methods.contains(BUFFER_LIST) && methods.contains(BUFFER_NAMES);
    }

    /**
     * Reads the tensors of a module.
     *
     * @param manager the owner of the tensors
     * @param methods the names of the module's methods
     * @param trainable whether gradients are recorded for the parameters
     */
    static ModuleTensors of(PtSymbolBlock block, PtNDManager manager, Set<String> methods, boolean trainable) {
        List<PtNDArray> parameters = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (NDArray parameter : JniUtils.moduleGetParams(block, manager)) {
            JniUtils.attachGradient((PtNDArray) parameter, trainable);
            parameters.add((PtNDArray) parameter);
            names.add(parameter.getName());
        }
        if (!listsBuffers(methods)) {
            return new ModuleTensors(parameters, names, List.of(), List.of());
        }
        try (IValue buffers = IValueUtils.runMethod(block, BUFFER_LIST);
                IValue bufferNames = IValueUtils.runMethod(block, BUFFER_NAMES)) {
            return new ModuleTensors(parameters, names, List.of(buffers.toTensorArray(manager)), texts(bufferNames));
        }
    }

    private static List<String> texts(IValue list) {
        return Arrays.stream(list.toIValueArray())
                .map(ModuleTensors::textAndClose)
                .toList();
    }

    private static String textAndClose(IValue value) {
        try (value) {
            return value.toStringValue();
        }
    }

    /** Returns copies of all tensors, parameters first. */
    List<NamedTensor> copies() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            tensors.add(TensorBytes.of(parameterNames.get(i), parameters.get(i)));
        }
        for (int i = 0; i < buffers.size(); i++) {
            tensors.add(TensorBytes.of(bufferNames.get(i), buffers.get(i)));
        }
        return tensors;
    }

    /** Returns copies of all tensors as a safetensors file. */
    byte[] safetensors(Map<String, String> metadata) {
        return Safetensors.write(copies(), metadata);
    }

    /**
     * Overwrites all tensors in place.
     *
     * @param safetensors the result of {@link #safetensors}
     * @throws IllegalArgumentException if names or shapes are not those of this module
     */
    void restore(TorchScriptHelper helper, byte[] safetensors) {
        Map<String, NamedTensor> given = new HashMap<>();
        Safetensors.read(safetensors).tensors().forEach(t -> given.put(t.name(), t));
        if (given.size() != parameters.size() + buffers.size()) {
            throw new IllegalArgumentException("weights of " + given.size() + " tensors are not those of a module of "
                    + (parameters.size() + buffers.size()));
        }
        restore(helper, given, parameterNames, parameters);
        restore(helper, given, bufferNames, buffers);
    }

    private static void restore(
            TorchScriptHelper helper, Map<String, NamedTensor> given, List<String> names, List<PtNDArray> targets) {
        for (int i = 0; i < names.size(); i++) {
            NamedTensor tensor = given.get(names.get(i));
            if (tensor == null) {
                throw new IllegalArgumentException("the weights lack the tensor " + names.get(i));
            }
            TensorBytes.set(helper, targets.get(i), tensor);
        }
    }
}
