package dev.reflux.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/** Starts DJL's PyTorch engine with the options of Reflux, and refuses machines on which it would not work. Any thread. */
final class EngineStart {

    private static final String CACHE = "DJL_CACHE_DIR";

    private EngineStart() {}

    static Engine engine(int threads) {
        return engine(threads, System.getenv());
    }

    static synchronized Engine engine(int threads, Map<String, String> env) {
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        // The profiling executor makes the first three steps slow; without it one settles.
        setIfAbsent("ai.djl.pytorch.graph_optimizer", "false");
        setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
        setIfAbsent("ai.djl.pytorch.num_threads", Integer.toString(threads));
        Path cache = cache(env);
        LibtorchFolder.refuseUnfit(env);
        // Two processes that start together on a new machine would unpack 432 MB into the same folder.
        try (FileChannel channel = FileChannel.open(
                        Files.createDirectories(cache).resolve("unpack.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assert held.isValid();
            return Engine.getEngine("PyTorch");
        } catch (IOException e) {
            throw new UsageException(
                    "PyTorch's libraries cannot be unpacked into " + cache + " (" + e.getMessage()
                            + "); set DJL_CACHE_DIR to a folder that can be written to and has 500 MB free.",
                    e);
        } catch (EngineException | UnsatisfiedLinkError e) {
            throw new UsageException(
                    "PyTorch cannot be started (" + firstLine(e)
                            + "); check that this is 64-bit Linux with glibc, that " + cache
                            + " has 500 MB free, and that PYTORCH_LIBRARY_PATH is unset or fits this machine.",
                    e);
        }
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /** Returns the folder into which libtorch is unpacked once: DJL_CACHE_DIR, or the user's cache, or the temporary folder. */
    private static Path cache(Map<String, String> env) {
        String configured = env.getOrDefault(CACHE, System.getProperty(CACHE, ""));
        if (!configured.isBlank()) {
            return Path.of(configured);
        }
        String base = env.getOrDefault("XDG_CACHE_HOME", "");
        Path home = base.isBlank() ? Path.of(System.getProperty("user.home", "."), ".cache") : Path.of(base);
        Path cache = home.resolve("reflux").resolve("djl");
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            cache = Path.of(System.getProperty("java.io.tmpdir", "."), "reflux-djl");
        }
        System.setProperty(CACHE, cache.toString());
        return cache;
    }

    static Device device(String wanted, Engine engine) {
        if (wanted.equals("cpu")) {
            return Device.cpu();
        }
        int gpus = engine.hasCapability("CUDA") ? engine.getGpuCount() : 0;
        if (wanted.equals("auto")) {
            return gpus > 0 ? Device.gpu(0) : Device.cpu();
        }
        int index = wanted.contains(":") ? Integer.parseInt(wanted.substring(wanted.indexOf(':') + 1)) : 0;
        if (index >= gpus) {
            throw new UsageException("Device " + wanted + " is configured, but PyTorch finds "
                    + (gpus == 0 ? "no GPU" : "only " + gpus + " GPU(s)")
                    + " here; use device cpu or auto, or start with the CUDA build of libtorch "
                    + engine.getVersion() + " on a machine that has that GPU.");
        }
        return Device.gpu(index);
    }

    /**
     * Writes and reads back each data type in use. A JNI library on a libtorch of another version loads, and then mistakes
     * one data type for another.
     */
    static void refuseMisreadTypes(NDManager manager, String version) {
        try (NDManager probe = manager.newSubManager()) {
            boolean sound = true;
            for (DataType type : new DataType[] {DataType.FLOAT32, DataType.INT64, DataType.UINT8, DataType.INT8}) {
                NDArray one = probe.ones(new Shape(2, 3), type);
                NDArray two = one.add(one).toType(DataType.FLOAT32, true);
                sound &= one.getDataType() == type && Arrays.equals(two.toFloatArray(), new float[] {2, 2, 2, 2, 2, 2});
            }
            sound &= probe.create(new float[] {-1.5f})
                            .toType(DataType.FLOAT16, true)
                            .getDataType()
                    == DataType.FLOAT16;
            sound &= probe.create(new float[] {1f, 2f}).gt(1.5f).getDataType() == DataType.BOOLEAN;
            if (!sound) {
                throw new UsageException("libtorch " + version + " does not fit the JNI library that calls it: data "
                        + "types are misread; use libtorch of the version that this build names, and set "
                        + "PYTORCH_VERSION to match PYTORCH_LIBRARY_PATH.");
            }
        }
    }

    private static String firstLine(Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
