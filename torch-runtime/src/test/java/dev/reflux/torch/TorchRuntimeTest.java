package dev.reflux.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchRuntimeTest {

    @Test
    void givenTheCpu_whenStarted_thenTheEngineIsOursAndOffline() {
        try (TorchRuntime runtime = TorchRuntime.start(new TorchOptions(1, "cpu"))) {

            assertThat(runtime.device()).isEqualTo(Device.cpu());
            assertThat(runtime.torchVersion()).startsWith("2.7.1");
            assertThat(JniUtils.getNumThreads()).isEqualTo(1);
            assertThat(JniUtils.isGradMode()).isFalse();
            assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
            assertThat(System.getProperty("ai.djl.pytorch.graph_optimizer")).isEqualTo("false");
        }
    }

    @Test
    void givenANewThread_whenPrepared_thenItHasItsOwnThreadsAndRecordsNothing()
            throws InterruptedException, ExecutionException {
        try (TorchRuntime one = TorchRuntime.start(new TorchOptions(1, "cpu"));
                TorchRuntime two = TorchRuntime.start(new TorchOptions(2, "cpu"))) {
            FutureTask<String> task = new FutureTask<>(() -> {
                one.useThisThread();
                return JniUtils.getNumThreads() + " " + JniUtils.isGradMode();
            });
            Thread thread = new Thread(task);

            thread.start();
            thread.join();

            assertThat(task.get()).isEqualTo("1 false");
            assertThat(two.threads()).isEqualTo(2);
        }
    }

    @Test
    void givenNoGpu_whenAutoIsAsked_thenItIsTheCpu() {
        try (TorchRuntime runtime = TorchRuntime.start(new TorchOptions(2, "auto"))) {

            assertThat(runtime.device().isGpu())
                    .isEqualTo(runtime.manager().getEngine().getGpuCount() > 0);
        }
    }

    @Test
    void givenAGpuThatIsNotThere_whenAsked_thenOneSentenceSaysWhatToDo() {
        assertThatThrownBy(() -> TorchRuntime.start(new TorchOptions(2, "cuda:99")))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("Device cuda:99 is configured, but PyTorch finds")
                .hasMessageContaining("use device cpu or auto");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "cuda:", "cuda:x", "", "CPU"})
    void givenNoSuchDevice_whenOptionsAreMade_thenTheyAreRefused(String device) {
        assertThatThrownBy(() -> new TorchOptions(1, device))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("\"" + device + "\"");
    }

    @Test
    void givenNoThreads_whenOptionsAreMade_thenTheyAreRefused() {
        assertThatThrownBy(() -> new TorchOptions(0, "cpu")).isInstanceOf(UsageException.class);
    }

    @Test
    void givenALibraryPathWithoutLibtorch_whenStarted_thenItIsRefusedAndNotReplaced() {
        assertThatThrownBy(() -> EngineStart.engine(1, Map.of("PYTORCH_LIBRARY_PATH", "/no/such/folder")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("/no/such/folder")
                .hasMessageContaining("unset it");
    }

    @Test
    void givenALibtorchOfAnotherVersion_whenStarted_thenItIsRefusedBeforeItIsLoaded(@TempDir Path dir)
            throws IOException {
        Path lib = Files.createDirectories(dir.resolve("torch/lib"));
        Files.createFile(lib.resolve(System.mapLibraryName("torch")));
        Files.writeString(dir.resolve("torch/version.py"), "__version__ = '2.13.0+cu130'\n");

        assertThatThrownBy(() -> EngineStart.engine(1, Map.of("PYTORCH_LIBRARY_PATH", lib.toString())))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("is version 2.13.0, but this build calls version 2.7.1");
    }

    @Test
    void givenALibtorchWithABridgeOfItsOwn_whenChecked_thenItIsLetThrough(@TempDir Path dir) throws IOException {
        Path lib = Files.createDirectories(dir.resolve("torch/lib"));
        Files.createFile(lib.resolve(System.mapLibraryName("torch")));
        Files.createFile(lib.resolve(System.mapLibraryName("djl_torch")));
        Files.writeString(dir.resolve("torch/version.py"), "__version__ = '2.13.0+cu130'\n");

        assertThatCode(() -> LibtorchFolder.refuseUnfit(Map.of("PYTORCH_LIBRARY_PATH", lib.toString())))
                .doesNotThrowAnyException();
    }
}
