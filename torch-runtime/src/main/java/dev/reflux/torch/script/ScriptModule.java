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
 * A TorchScript module that Java writes. Its archive is a stored zip of {@code version}, {@code byteorder},
 * {@code constants.pkl}, {@code data.pkl} (the pickled object), {@code data/N} (its tensors) and
 * {@code code/__torch__.py}. PyTorch and DJL load it like any other.
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
 * <p>Threading: immutable; may be used from any thread.
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
     * Creates a module without tensors.
     *
     * @param name the name of its class; an upper-case letter, then letters and digits
     * @param methods the source of its methods, not indented
     */
    public static ScriptModule of(String name, String methods) {
        return new ScriptModule(name, methods, List.of(), List.of());
    }

    /** Returns this module with parameters: tensors that are trained. */
    public ScriptModule withParameters(ScriptTensor... tensors) {
        return new ScriptModule(name, methods, List.of(tensors), buffers);
    }

    /** Returns this module with buffers: tensors that are saved and not trained. */
    public ScriptModule withBuffers(ScriptTensor... tensors) {
        return new ScriptModule(name, methods, parameters, List.of(tensors));
    }

    /** Loads the module in training mode, on the device of the manager. */
    public LoadedScript load(NDManager manager) {
        return LoadedScript.load(manager, name, new ByteArrayInputStream(archive()));
    }

    /** Returns the bytes of the file. Equal modules have equal bytes. */
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
