package dev.reflux.torch.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * A TorchScript module in memory. It sets training or evaluation mode before each forward: DJL evaluates by default, and
 * batch normalization would then never learn. One owner thread.
 */
final class TorchModule implements AutoCloseable {

    private final TorchRuntime runtime;
    private final boolean trainable;
    private PtNDManager manager;
    private PtSymbolBlock block;
    private Set<String> methods;
    private ModuleTensors tensors;
    private boolean training;

    private TorchModule(TorchRuntime runtime, boolean trainable, PtNDManager manager, PtSymbolBlock block) {
        this.runtime = runtime;
        this.trainable = trainable;
        this.manager = manager;
        this.block = block;
        setTraining(false);
        this.methods = methodsOf(block);
        this.tensors = ModuleTensors.of(block, manager, methods, trainable);
    }

    /**
     * Loads a file.
     *
     * @param trainable whether gradients are recorded for the parameters
     * @throws EngineException if PyTorch cannot load the file
     */
    static TorchModule load(TorchRuntime runtime, Path file, boolean trainable) {
        PtNDManager manager = newManager(runtime);
        try {
            // Mapped to the runtime's device: a file that was saved on a GPU names it.
            PtSymbolBlock block = JniUtils.loadModule(manager, file, true, new String[0], new String[0], trainable);
            return new TorchModule(runtime, trainable, manager, block);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Loads the bytes of a file.
     *
     * @param trainable whether gradients are recorded for the parameters
     * @throws EngineException if PyTorch cannot load the bytes
     */
    static TorchModule load(TorchRuntime runtime, byte[] archive, boolean trainable) {
        PtNDManager manager = newManager(runtime);
        try {
            return new TorchModule(runtime, trainable, manager, read(manager, archive));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static PtNDManager newManager(TorchRuntime runtime) {
        return (PtNDManager) runtime.manager().newSubManager();
    }

    private static PtSymbolBlock read(PtNDManager manager, byte[] archive) {
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), true, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> methodsOf(PtSymbolBlock block) {
        return new HashSet<>(Arrays.asList(JniUtils.getMethodNames(block)));
    }

    /** Returns whether the module has a method of this name. */
    boolean has(String method) {
        return methods.contains(method);
    }

    /** Returns whether the module lists its buffers, such as batch-norm statistics. */
    boolean listsBuffers() {
        return ModuleTensors.listsBuffers(methods);
    }

    /** Returns the live tensors. They are dead after {@link #rebuild}, which brings others. */
    ModuleTensors tensors() {
        return tensors;
    }

    /** Runs a forward in evaluation mode. Nothing is recorded, whatever the thread's gradient mode. */
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

    /** Runs a forward in training mode, recorded if the thread's gradient mode is on. */
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
     * Calls a method that creates new tensors. PyTorch creates them in its inference mode, in which they cannot be trained;
     * therefore the module is written and read again. All tensors that were handed out before are dead afterwards.
     *
     * @param arguments whole numbers
     */
    void rebuild(String method, long... arguments) {
        call(method, arguments);
        byte[] archive = archive();
        PtNDManager oldManager = manager;
        PtSymbolBlock oldBlock = block;
        manager = newManager(runtime);
        block = read(manager, archive);
        setTraining(training);
        methods = methodsOf(block);
        tensors = ModuleTensors.of(block, manager, methods, trainable);
        oldBlock.close();
        oldManager.close();
    }

    private void call(String method, long... arguments) {
        IValue[] values = Arrays.stream(arguments).mapToObj(IValue::from).toArray(IValue[]::new);
        try {
            IValueUtils.runMethod(block, method, values).close();
        } finally {
            Arrays.stream(values).forEach(IValue::close);
        }
    }

    /** Overwrites all tensors with the result of {@link ModuleTensors#safetensors}. */
    void restore(byte[] safetensors) {
        tensors.restore(runtime.helper(), safetensors);
    }

    /** Writes the module as a TorchScript file in evaluation mode. The mode in memory does not change. */
    void save(Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] archive() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
        write(bytes);
        return bytes.toByteArray();
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

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}
