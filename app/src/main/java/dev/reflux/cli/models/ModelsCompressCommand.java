package dev.reflux.cli.models;

import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.quickstart.evaluate.StudentScore;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.store.ModelLineCompressor;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.torch.TorchRuntime;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes lossy students, whose deltas are a few percent of a student. */
@Command(
        name = "compress",
        mixinStandardHelpOptions = true,
        description =
                "Publish a lossy version of each trained version as a second model, whose deltas are a few percent"
                        + " of a student. Vehicles follow that model as any other (fleet watch --model). Run the command again"
                        + " after new versions; it continues where it stopped.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models compress student --key trainer.key --trust trust.json",
            "  reflux models compress student --into student-lite --percent 3 --unsigned",
            "  reflux models compress student --key trainer.key --trust trust.json --dataset camvid:DIR"
        })
final class ModelsCompressCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model of the trained students.")
    private String model = "";

    @Option(
            names = "--into",
            paramLabel = "LINE",
            description = "Name of the model of the lossy students (default: MODEL-lite).")
    private @Nullable String line;

    @Option(
            names = "--percent",
            paramLabel = "P",
            defaultValue = "5",
            description = "Size of a delta in percent of student.pt, at most (default: ${DEFAULT-VALUE}).")
    private double percent;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Key that signs the lossy versions; \"models key\" makes it. Needs --trust.")
    private @Nullable Path keyFile;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "Trust file; each trained version must be signed by one of its keys.")
    private @Nullable Path trustFile;

    @Option(names = "--unsigned", description = "Publish versions without a signature.")
    private boolean unsigned;

    @Option(
            names = "--dataset",
            paramLabel = "D",
            description = "Data set on whose test split each lossy student is scored; the manifest has the score as"
                    + " test.miou: " + DatasetCatalog.FORMS + ".")
    private @Nullable String dataset;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() throws Exception {
        if (!(percent > 0 && percent <= 100)) {
            throw new UsageException("--percent is " + percent + "; give a number above 0 and at most 100.");
        }
        if (store.registry().isPresent()) {
            throw new UsageException("Publishing cannot use --registry; give --local DIR or a store.");
        }
        Optional<SigningKey> key = key();
        Optional<TrustFile> trust = Optional.ofNullable(trustFile).map(TrustFile::read);
        try (StoreOptions.OpenedStore opened = store.openStore()) {
            ModelRegistry registry = new ModelRegistry(opened.store(), Clock.systemUTC(), key);
            registry.reader().require(model, AliasNames.LATEST);
            if (dataset == null) {
                return run(registry, trust, files -> Map.of());
            }
            Dataset frames = DatasetCatalog.open(dataset);
            frames.count("test");
            Path scratch = Files.createTempDirectory("reflux-compress");
            try (TorchRuntime runtime = TorchRuntime.start(torch.options())) {
                StudentScore score = new StudentScore(runtime, frames);
                return run(registry, trust, files -> Map.of("test.miou", scored(score, scratch, files)));
            } finally {
                for (Artifact artifact : Artifact.values()) {
                    Files.deleteIfExists(scratch.resolve(artifact.fileName()));
                }
                Files.delete(scratch);
            }
        }
    }

    private Optional<SigningKey> key() {
        if (keyFile == null && !unsigned) {
            throw new UsageException("Vehicles with a trust file refuse unsigned students; give --key FILE and --trust"
                    + " FILE, or give --unsigned.");
        }
        if (keyFile != null && trustFile == null) {
            throw new UsageException(
                    "A key signs only versions that were made from trusted ones; give --trust FILE too.");
        }
        return Optional.ofNullable(keyFile).map(SigningKey::read);
    }

    private static double scored(StudentScore score, Path scratch, Map<Artifact, byte[]> files) {
        try {
            for (Map.Entry<Artifact, byte[]> file : files.entrySet()) {
                Files.write(scratch.resolve(file.getKey().fileName()), file.getValue());
            }
            return score.miou(scratch.resolve(Artifact.CARD.fileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int run(ModelRegistry registry, Optional<TrustFile> trust, ModelLineCompressor.Scorer scorer) {
        PrintWriter out = spec.commandLine().getOut();
        String into = line == null ? model + "-lite" : line;
        int made = new ModelLineCompressor(registry, model, into, percent / 100, trust, scorer)
                .catchUp("reflux models compress", step -> {
                    out.println(text(step));
                    out.flush();
                })
                .size();
        out.println(
                made == 0
                        ? into + " already has a lossy version of every version of " + model + "."
                        : "Vehicles that follow " + into + " get these versions from now on.");
        return 0;
    }

    private static String text(ModelLineCompressor.Step step) {
        long student = step.trained().blob(Artifact.STUDENT).bytes();
        String score = Optional.ofNullable(step.lossy().metrics().get("test.miou"))
                .map(miou -> String.format(Locale.ROOT, ", %.2f mIoU on the test split", 100 * miou))
                .orElse("");
        String what = step.delta()
                .map(delta -> String.format(
                        Locale.ROOT,
                        "a delta of %d bytes, %.1f %% of student.pt",
                        delta.blob().bytes(),
                        100.0 * delta.blob().bytes() / student))
                .orElse("the whole trained student, because it is the first version");
        return step.trained().model() + " " + step.trained().version() + " as "
                + step.lossy().model() + " " + step.lossy().version() + ": " + what + score;
    }
}
