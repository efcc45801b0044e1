package dev.reflux.torch.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A TorchScript module in memory. Its methods are called by name, in one of two ways:
 *
 * <ul>
 *   <li>{@link #run} takes numbers, tensors and lists of them, and records no gradient. Its result cannot take part in a
 *       graph later (PyTorch's inference mode). It may change any tensor in place.
 *   <li>{@link #apply} takes tensors only, and records gradients if the thread's gradient mode is on.
 * </ul>
 *
 * <p>Threading: one thread at a time.
 */
public final class LoadedScript implements AutoCloseable {

    private static final String METHOD = "module_method:";

    private final PtSymbolBlock block;
    private final PtNDManager manager;

    private LoadedScript(PtSymbolBlock block, PtNDManager manager) {
        this.block = block;
        this.manager = manager;
    }

    static LoadedScript load(NDManager manager, String name, InputStream archive) {
        PtNDManager owner = (PtNDManager) manager.newSubManager();
        owner.setName("script " + name);
        try {
            PtSymbolBlock block = JniUtils.loadModule(owner, archive, true, false);
            JniUtils.enableTrainingMode(block);
            return new LoadedScript(block, owner);
        } catch (IOException e) {
            owner.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /** Returns DJL's handle of the module. */
    public PtSymbolBlock block() {
        return block;
    }

    /**
     * Calls a method outside of any graph.
     *
     * @param arguments each one {@link NDArray}, {@code List<? extends NDArray>}, Double, Float, Long, Integer or Boolean
     */
    public IValue run(String method, Object... arguments) {
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = value(arguments[i]);
            }
            return IValueUtils.runMethod(block, method, values);
        } finally {
            for (IValue value : values) {
                if (value != null) {
                    value.close();
                }
            }
        }
    }

    /** Calls {@link #run} and drops the result. */
    public void invoke(String method, Object... arguments) {
        run(method, arguments).close();
    }

    /** Calls {@link #run} and returns its tensor, attached to the given manager. */
    public NDArray tensor(NDManager to, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toTensor((PtNDManager) to);
        }
    }

    /** Calls {@link #run} and returns its list of tensors, attached to the given manager. */
    public List<PtNDArray> tensors(NDManager to, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return List.of(result.toTensorArray((PtNDManager) to));
        }
    }

    /** Calls {@link #run} and returns its float. */
    public double number(String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toDouble();
        }
    }

    /**
     * Calls a method, recorded if the thread's gradient mode is on.
     *
     * @param to the owner of the results
     * @param inputs the arguments
     */
    public NDList apply(NDManager to, String method, NDArray... inputs) {
        try (NDArray name = to.zeros(new Shape())) {
            name.setName(METHOD + method);
            NDList arguments = new NDList(inputs);
            arguments.add(name);
            return forward(to, block, arguments);
        }
    }

    /**
     * Runs the forward of a block on unnamed arguments. DJL takes the name of a tensor for a path into a dictionary, and
     * parameters have names; names are therefore removed for the time of the call.
     *
     * @param to the owner of the results
     */
    public static NDList forward(NDManager to, PtSymbolBlock block, NDList arguments) {
        String[] names = new String[arguments.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = arguments.get(i).getName();
            if (names[i] != null && !names[i].startsWith(METHOD)) {
                arguments.get(i).setName(null);
            }
        }
        try {
            NDList results = IValueUtils.forward(block, arguments, true);
            results.attach(to);
            return results;
        } finally {
            for (int i = 0; i < names.length; i++) {
                arguments.get(i).setName(names[i]);
            }
        }
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }

    private static IValue value(Object argument) {
        if (argument instanceof PtNDArray tensor) {
            return IValue.from(tensor);
        } else if (argument instanceof List<?> list) {
            return IValue.listFrom(list.toArray(new PtNDArray[0]));
        } else if (argument instanceof Double || argument instanceof Float) {
            return IValue.from(((Number) argument).doubleValue());
        } else if (argument instanceof Number number) {
            return IValue.from(number.longValue());
        } else if (argument instanceof Boolean flag) {
            return IValue.from(flag.booleanValue());
        } else if (argument instanceof long[] numbers) {
            return IValue.listFrom(numbers);
        }
        throw new IllegalArgumentException("a script cannot take an argument of " + argument.getClass());
    }
}
