package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.failure.UsageException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tags a version. */
@Command(
        name = "tag",
        mixinStandardHelpOptions = true,
        description = "Tag a version, or show its tags. NAME= removes a tag.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models tag student 7 weather=fog", "  reflux models tag student latest"})
final class ModelsTagCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Parameters(index = "1", paramLabel = "N|ALIAS", description = "Version number or alias.")
    private String version = "";

    @Parameters(index = "2..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "Tags to set.")
    private List<String> tags = new ArrayList<>();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        for (String tag : tags) {
            if (tag.indexOf('=') < 1) {
                throw new UsageException("\"" + tag + "\" is not a tag; write NAME=VALUE, or NAME= to remove one.");
            }
        }
        try (StoreOptions.Opened opened = store.open()) {
            long number = opened.reader().require(model, version).version();
            for (String tag : tags) {
                String value = tag.substring(tag.indexOf('=') + 1);
                opened.registry()
                        .tags()
                        .put(
                                model,
                                number,
                                tag.substring(0, tag.indexOf('=')),
                                value.isEmpty() ? Optional.empty() : Optional.of(value));
            }
            PrintWriter out = spec.commandLine().getOut();
            opened.catalog().tags(model, number).forEach((name, value) -> out.println(name + "=" + value));
            return 0;
        }
    }
}
