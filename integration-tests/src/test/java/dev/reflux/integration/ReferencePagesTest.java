package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.config.Setting;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The reference pages are generated from the code: settings from their interfaces, messages from the .proto file. */
class ReferencePagesTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path PROTO = HOME.resolve("common/messages/src/main/protobuf/dev/reflux/v1/reflux.proto");
    private static final FileDescriptor MESSAGES = LabeledFrame.getDescriptor().getFile();
    /** Generates the pages instead of comparing them. */
    private static final String REGENERATE = "reflux.regenerate";

    private static final Map<String, Class<?>> SERVICES =
            Map.of("teacher", TeacherConfig.class, "trainer", TrainerConfig.class);

    @Test
    void givenTheConfigurationInterfaces_whenTheReferenceIsGenerated_thenItIsThePageInDocs() throws IOException {
        String page = configuration();

        String there = there("docs/configuration.md", page);

        assertThat(there).as(command()).isEqualTo(page);
    }

    @Test
    void givenEverySetting_whenItsDescriptionIsRead_thenItIsASentence() {
        List<Setting> settings = SERVICES.values().stream()
                .flatMap(mapping -> ConfigLoader.settings(mapping).stream())
                .toList();

        assertThat(settings).hasSizeGreaterThan(70).allSatisfy(setting -> assertThat(setting.description())
                .as(setting.key())
                .matches("[A-Z].*\\."));
    }

    @Test
    void givenTheMessages_whenTheReferenceIsGenerated_thenItIsThePageInDocs() throws IOException {
        String page = messages();

        String there = there("docs/messages.md", page);

        assertThat(there).as(command()).isEqualTo(page);
    }

    @Test
    void givenEveryMessageAndField_whenItsCommentIsRead_thenItIsASentence() throws IOException {
        Map<String, String> comments = comments();

        assertThat(names())
                .hasSizeGreaterThan(40)
                .allSatisfy(name ->
                        assertThat(comments.get(name)).as(name).isNotNull().matches("[A-Z].*\\."));
    }

    // ---- settings ----------------------------------------------------------------------------------------------

    private static String configuration() {
        StringBuilder page = new StringBuilder(
                header(
                        "Configuration",
                        "the configuration interfaces of the services",
                        """
                Sources in order, the later winning: the defaults below, the YAML file of `--config`, environment variables,
                `--set KEY=VALUE`. A dot in a key is a level of the YAML file. A key that ends in `secret-key`, `access-key`,
                `password` or `token` may be given as `KEY-file` (`…_FILE` in the environment): the path of a file whose first
                line is the value. A key that ends in `.*` is a map; its entries have names of their own.

                `--check-config` names every mistake of a configuration at once and exits with 2; `--list-config` prints this
                list. The registry's HTTP server has options instead of a file: `./reflux registry --help`.
                """));
        for (String service : List.of("teacher", "trainer")) {
            page.append("\n## reflux ").append(service).append('\n');
            for (Setting setting : ConfigLoader.settings(SERVICES.get(service))) {
                page.append("\n### `").append(setting.key()).append("`\n\n");
                page.append(setting.description()).append("\n\n");
                page.append("- Type: ").append(setting.type()).append('\n');
                page.append("- Default: ").append(defaultOf(setting)).append('\n');
                if (!setting.range().isEmpty()) {
                    page.append("- Range: ").append(setting.range()).append('\n');
                }
                page.append("- Variable: `")
                        .append(setting.environmentVariable())
                        .append("`\n");
            }
        }
        return page.toString();
    }

    private static String defaultOf(Setting setting) {
        return setting.defaultValue()
                .map(value -> "`" + value + "`")
                .orElse(
                        setting.required()
                                ? "none; a value is required"
                                : setting.unset().isEmpty() ? "none" : setting.unset());
    }

    // ---- messages ----------------------------------------------------------------------------------------------

    private static String messages() throws IOException {
        Map<String, String> comments = comments();
        StringBuilder page = new StringBuilder(
                header(
                        "Messages",
                        PROTO.getFileName() + " in common/messages",
                        """
                What travels through Kafka, as Protocol Buffers 3. Fields are only ever added, and a field number is never used
                twice. A record has at most 8 MiB. A record that breaks a rule below goes to `frames.dead-letter`, with headers
                that say why.
                """));
        MESSAGES.getMessageTypes().forEach(message -> {
            page.append("\n## ").append(message.getName()).append("\n\n");
            page.append(comments.get(message.getName()))
                    .append("\n\n| number | field | type | description |\n|---|---|---|---|\n");
            message.getFields()
                    .forEach(field -> page.append(String.format(
                            Locale.ROOT,
                            "| %d | `%s` | %s | %s |%n",
                            field.getNumber(),
                            field.getName(),
                            type(field),
                            comments.get(message.getName() + "." + field.getName()))));
        });
        MESSAGES.getEnumTypes().forEach(type -> {
            page.append("\n## ").append(type.getName()).append("\n\n");
            page.append(comments.get(type.getName())).append("\n\n| number | value | description |\n|---|---|---|\n");
            type.getValues()
                    .forEach(value -> page.append(String.format(
                            Locale.ROOT,
                            "| %d | `%s` | %s |%n",
                            value.getNumber(),
                            value.getName(),
                            comments.get(type.getName() + "." + value.getName()))));
        });
        return page.toString();
    }

    private static String type(FieldDescriptor field) {
        String one =
                switch (field.getJavaType()) {
                    case MESSAGE -> "[" + field.getMessageType().getName() + "](#" + anchor(field) + ")";
                    case ENUM -> "[" + field.getEnumType().getName() + "](#" + anchor(field) + ")";
                    default -> field.getType().name().toLowerCase(Locale.ROOT);
                };
        return field.isRepeated() ? "repeated " + one : one;
    }

    private static String anchor(FieldDescriptor field) {
        String name = field.getJavaType() == FieldDescriptor.JavaType.ENUM
                ? field.getEnumType().getName()
                : field.getMessageType().getName();
        return name.toLowerCase(Locale.ROOT);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        MESSAGES.getMessageTypes().forEach(message -> {
            names.add(message.getName());
            message.getFields().forEach(field -> names.add(message.getName() + "." + field.getName()));
        });
        for (EnumDescriptor type : MESSAGES.getEnumTypes()) {
            names.add(type.getName());
            type.getValues().forEach(value -> names.add(type.getName() + "." + value.getName()));
        }
        return names;
    }

    /** Returns the comment lines above each declaration, joined, by the declaration's name within the package. */
    private static Map<String, String> comments() throws IOException {
        Map<String, String> comments = new LinkedHashMap<>();
        List<String> above = new ArrayList<>();
        String outer = "";
        for (String raw : Files.readAllLines(PROTO)) {
            String line = raw.strip();
            if (line.startsWith("//")) {
                above.add(line.substring(2).strip());
                continue;
            }
            String comment = String.join(" ", above);
            above.clear();
            String[] words = line.split("\\s+");
            if (line.startsWith("message ") || line.startsWith("enum ")) {
                outer = words[1];
                comments.put(outer, comment);
            } else if (line.contains(" = ") && line.endsWith(";") && raw.startsWith(" ")) {
                comments.put(
                        outer + "." + line.substring(0, line.indexOf(" = ")).replaceAll(".*\\s", ""), comment);
            }
        }
        return comments;
    }

    // ---- pages -------------------------------------------------------------------------------------------------

    private static String header(String title, String source, String text) {
        return "# " + title + "\n\n<!-- Generated from " + source + "; to generate it again:\n     " + command()
                + " -->\n\n" + text;
    }

    private static String command() {
        return "./mvnw -pl integration-tests -am test -Dtest=ReferencePagesTest -Dsurefire.failIfNoSpecifiedTests=false -D"
                + REGENERATE + "=true";
    }

    private static String there(String file, String page) throws IOException {
        Path path = HOME.resolve(file);
        if (Boolean.getBoolean(REGENERATE)) {
            Files.writeString(path, page);
        }
        return Files.readString(path);
    }
}
