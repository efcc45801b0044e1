package dev.reflux.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.reflux.common.failure.UsageException;
import dev.reflux.torch.script.TorchScriptHelper;

/**
 * PyTorch, started in this JVM on one device.
 *
 * <ol>
 *   <li>Engine options are set before DJL is used for the first time: no network access, no telemetry, no profiling
 *       executor, one inter-operation thread. Values given by {@code -D} are kept.
 *   <li>A GPU that is configured and does not exist is refused; nothing falls back to the CPU silently.
 *   <li>A libtorch of another version than the JNI library was built for is refused: it would load and misread data.
 *   <li>Several runtimes may exist in one JVM. The engine is started once; each runtime closes its own tensors only.
 * </ol>
 *
 * <p>Threading: {@link #manager()} and {@link #helper()} may be used from several threads, a tensor from one at a time.
 */
public final class TorchRuntime implements AutoCloseable {

    private final NDManager manager;
    private final Device device;
    private final TorchScriptHelper helper;
    private final int threads;

    private TorchRuntime(NDManager manager, Device device, int threads) {
        this.manager = manager;
        this.device = device;
        this.threads = threads;
        this.helper = TorchScriptHelper.load(manager);
    }

    /**
     * Starts PyTorch, and prepares the calling thread.
     *
     * @throws UsageException if the device does not exist or the native libraries do not match
     */
    public static TorchRuntime start(TorchOptions options) {
        Engine engine = EngineStart.engine(options.threads());
        Device device = EngineStart.device(options.device(), engine);
        NDManager manager = engine.newBaseManager(device);
        try {
            EngineStart.refuseMisreadTypes(manager, engine.getVersion());
            TorchRuntime runtime = new TorchRuntime(manager, device, options.threads());
            runtime.useThisThread();
            return runtime;
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Prepares the calling thread: its operations use this runtime's number of threads, and it records no gradients
     * unless a {@link TrainingStep} is open. Call it once on each thread that works with tensors; PyTorch keeps these
     * settings per thread, and a new thread records gradients by default.
     */
    public void useThisThread() {
        JniUtils.setNumThreads(threads);
        JniUtils.setGraphExecutorOptimize(Boolean.getBoolean("ai.djl.pytorch.graph_optimizer"));
        JniUtils.setGradMode(false);
    }

    /** Returns the root of all tensors. What is attached to it lives until {@link #close()}. */
    public NDManager manager() {
        return manager;
    }

    /** Returns the device of new tensors. */
    public Device device() {
        return device;
    }

    /** Returns whether the device is the CPU. */
    public boolean onCpu() {
        return device.equals(Device.cpu());
    }

    /** Returns the number of threads of one operation on the CPU. */
    public int threads() {
        return threads;
    }

    /** Returns the version of libtorch, such as 2.7.1. */
    public String torchVersion() {
        return manager.getEngine().getVersion();
    }

    /** Returns the operations that DJL's tensors lack. */
    public TorchScriptHelper helper() {
        return helper;
    }

    /** Frees every tensor and model of this runtime. */
    @Override
    public void close() {
        helper.close();
        manager.close();
    }
}
