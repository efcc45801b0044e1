package dev.reflux.torch.script;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a TorchScript file says without being loaded: its source text, and the types of its tensors. Stateless; any thread.
 *
 * @param batchNorm whether its code normalizes by batch
 * @param unusableType the name of a type of tensors that would end the process in native code; empty where there is none
 */
public record ScriptArchive(boolean batchNorm, Optional<String> unusableType) {

    /** A source file or an object graph; tensors are not read. */
    private static final int MAX_TEXT_BYTES = 64 << 20;

    private static final int MAX_ENTRIES = 100_000;
    private static final List<String> UNUSABLE = List.of(
            "BFloat16Storage",
            "ShortStorage",
            "ComplexFloatStorage",
            "ComplexDoubleStorage",
            "QInt8Storage",
            "QUInt8Storage",
            "QInt32Storage");

    /**
     * Looks through a file.
     *
     * @throws IOException if it is not a whole zip archive, or one of absurd sizes
     */
    public static ScriptArchive of(Path file) throws IOException {
        boolean batchNorm = false;
        Optional<String> unusable = Optional.empty();
        try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.ISO_8859_1)) {
            if (zip.size() > MAX_ENTRIES) {
                throw new IOException("it has " + zip.size() + " entries");
            }
            for (ZipEntry entry : Collections.list(zip.entries())) {
                boolean code = entry.getName().endsWith(".py");
                if (code || entry.getName().endsWith(".pkl")) {
                    String text = text(zip, entry);
                    batchNorm |= code && text.contains("batch_norm(");
                    unusable = unusable.isPresent() || code ? unusable : unusable(text);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("its archive is damaged", e);
        }
        return new ScriptArchive(batchNorm, unusable);
    }

    private static Optional<String> unusable(String pickle) {
        return UNUSABLE.stream()
                .filter(type -> pickle.contains("\n" + type + "\n"))
                .findFirst();
    }

    private static String text(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(MAX_TEXT_BYTES + 1);
            if (bytes.length > MAX_TEXT_BYTES) {
                throw new IOException("its entry " + entry.getName() + " is over " + MAX_TEXT_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
