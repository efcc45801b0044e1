package dev.reflux.torch.script;

import ai.djl.ndarray.NDManager;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript module whose archive Java writes: a stored zip of {@code version}, {@code byteorder},
 * {@code constants.pkl}, {@code data.pkl} (the pickled object), {@code data/N} (its tensors) and
 * {@code code/__torch__.py}. PyTorch and DJL load it as any other.
 *
 * <p>Methods are TorchScript with every type written out, and {@code self: Self}:
 *
 * <pre>{@code
 * ScriptModule.of("Twice", """
 *     def twice(self: Self, x: Tensor) -> Tensor:
 *       return torch.mul(x, 2)
 *     """).load(manager);
 * }</pre>
 *
 * Immutable: any thread.
 */
public final class ScriptModule {

    private final String name;
    private final String methods;
    private final List<ScriptTensor> parameters;
    private final List<ScriptTensor> buffers;

    private ScriptModule(String name, String methods, List<ScriptTensor> parameters, List<ScriptTensor> buffers) {
        if (!name.matches("[A-Z][A-Za-z0-9]*")) {
            throw new IllegalArgumentException("\"" + name + "\" cannot name a script");
        }
        this.name = name;
        this.methods = methods;
        this.parameters = List.copyOf(parameters);
        this.buffers = List.copyOf(buffers);
    }

    /**
     * @param name the class's name, an upper-case letter first
     * @param methods the functions' source, indented by none
     */
    public static ScriptModule of(String name, String methods) {
        return new ScriptModule(name, methods, List.of(), List.of());
    }

    /** The same code with tensors, which are trained. */
    public ScriptModule withParameters(ScriptTensor... tensors) {
        return new ScriptModule(name, methods, List.of(tensors), buffers);
    }

    /** The same code with tensors, which are saved and not trained. */
    public ScriptModule withBuffers(ScriptTensor... tensors) {
        return new ScriptModule(name, methods, parameters, List.of(tensors));
    }

    /** Loads it: in training mode, on the manager's device. */
    public LoadedScript load(NDManager manager) {
        return LoadedScript.load(manager, name, new ByteArrayInputStream(archive()));
    }

    /** The file's bytes; the same for the same content. */
    public byte[] archive() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "data.pkl", pickle());
            put(zip, "code/__torch__.py", code().getBytes(StandardCharsets.UTF_8));
            put(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            int index = 0;
            for (ScriptTensor tensor : tensors().toList()) {
                put(zip, "data/" + index++, littleEndian(tensor.values()));
            }
            put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            put(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Stream<ScriptTensor> tensors() {
        return Stream.concat(parameters.stream(), buffers.stream());
    }

    private String code() {
        StringBuilder code = new StringBuilder("class " + name + "(Module):\n");
        code.append("  __parameters__ = ").append(names(parameters)).append('\n');
        code.append("  __buffers__ = ").append(names(buffers)).append('\n');
        tensors().forEach(t -> code.append("  ").append(t.name()).append(" : Tensor\n"));
        code.append("  training : bool\n");
        methods.lines().filter(line -> !line.isBlank()).forEach(line -> code.append("  ")
                .append(line.replace("self: Self", "self: __torch__." + name))
                .append('\n'));
        return code.toString();
    }

    private static String names(List<ScriptTensor> tensors) {
        // A trailing comma, as PyTorch writes it.
        return tensors.stream().map(t -> "\"" + t.name() + "\", ").collect(Collectors.joining("", "[", "]"));
    }

    private byte[] pickle() {
        Pickle pickle = new Pickle();
        pickle.global("__torch__", name).emptyTuple().newObject().emptyDict().mark();
        int index = 0;
        for (ScriptTensor tensor : tensors().toList()) {
            pickle.text(tensor.name()).tensor(index, tensor, index < parameters.size());
            index++;
        }
        return pickle.text("training").yes().setItems().build().stop();
    }

    private static byte[] littleEndian(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private void put(ZipOutputStream zip, String path, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name.toLowerCase(java.util.Locale.ROOT) + "/" + path);
        entry.setTime(0);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
