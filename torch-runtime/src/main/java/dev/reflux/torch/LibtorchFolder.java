package dev.reflux.torch;

import dev.reflux.common.failure.UsageException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The libtorch that {@code PYTORCH_LIBRARY_PATH} names, such as the lib folder of a Python installation with CUDA. If the
 * folder has no libtorch, DJL uses its own one without a message; if it has one of another version, DJL calls it and
 * misreads data types. Both are refused here. Any thread.
 */
final class LibtorchFolder {

    private static final String VARIABLE = "PYTORCH_LIBRARY_PATH";
    private static final Pattern VERSION = Pattern.compile("(\\d+\\.\\d+\\.\\d+)");

    private LibtorchFolder() {}

    /**
     * Checks the folder if the variable is set.
     *
     * @throws UsageException if it has no libtorch, or one of another version than the JNI library needs
     */
    static void refuseUnfit(Map<String, String> env) {
        String paths = env.getOrDefault(VARIABLE, System.getProperty(VARIABLE, ""));
        if (paths.isBlank()) {
            return;
        }
        String library = System.mapLibraryName("torch");
        Path folder = Arrays.stream(paths.split(File.pathSeparator))
                .map(Path::of)
                .map(p -> p.endsWith(library) ? p.toAbsolutePath().resolveSibling("") : p)
                .filter(p -> Files.isRegularFile(p.resolve(library)))
                .findFirst()
                .orElseThrow(() -> new UsageException(VARIABLE + " is " + paths + ", but there is no " + library
                        + " in it; point it at libtorch's lib folder or unset it."));
        if (Files.exists(folder.resolve(System.mapLibraryName("djl_torch")))) {
            // A JNI library beside libtorch was built for exactly this libtorch.
            return;
        }
        Optional<String> found = versionOf(folder);
        String wanted = bridgeVersion();
        if (found.isPresent() && !found.get().equals(wanted)) {
            throw new UsageException("The libtorch in " + folder + " is version " + found.get()
                    + ", but this build calls version " + wanted + " and would misread its data; point " + VARIABLE
                    + " at a libtorch " + wanted + " or unset it.");
        }
    }

    /** Returns the version from the file that libtorch's download or its Python package has beside the lib folder. */
    private static Optional<String> versionOf(Path folder) {
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            return Optional.empty();
        }
        return Stream.of(parent.resolve("build-version"), parent.resolve("version.py"))
                .filter(Files::isRegularFile)
                .flatMap(file -> firstVersion(file).stream())
                .findFirst();
    }

    private static Optional<String> firstVersion(Path file) {
        try {
            Matcher matcher = VERSION.matcher(Files.readString(file));
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the version that DJL's JNI library was built for. */
    private static String bridgeVersion() {
        try (InputStream in = LibtorchFolder.class.getResourceAsStream("/jnilib/pytorch.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            Matcher matcher = VERSION.matcher(properties.getProperty("jni_version", ""));
            return matcher.find() ? matcher.group(1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
