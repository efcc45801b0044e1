package dev.reflux.cli;

import dev.reflux.benchmarks.learning.LearningBench;
import dev.reflux.benchmarks.learning.LearningListener;
import dev.reflux.benchmarks.learning.LearningMethods;
import dev.reflux.benchmarks.learning.LearningReport;
import dev.reflux.benchmarks.learning.LearningSettings;
import dev.reflux.benchmarks.learning.Protocol;
import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Datasets;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.publish.WireType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Every way to learn, on the same stream. */
@Command(
        name = "learning",
        mixinStandardHelpOptions = true,
        description = "Compare what a student learns on a stream by every method: same frames, same start, same cost.",
        footerHeading = "%nA method may carry settings of its own, NAME:key=value; keys are " + LearningMethods.SETTINGS
                + ".%nLeaves learning.md, learning.json and two plots in --out.%n%nExamples:%n",
        footer = {
            "  reflux bench learning --seeds 1",
            "  reflux bench learning --dataset camvid:DIR --teacher CARD --size 240x180 --test-every 3 --resume",
            "  reflux bench learning --dataset camvid:DIR --teacher CARD --protocol validation \\",
            "      --methods hakd,hakd:tau=0.7,hakd:axis=classes --replay on --out tuning",
        })
final class BenchLearningCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--dataset",
            paramLabel = "D",
            defaultValue = "synthetic",
            description = Datasets.FORMS + " (default: ${DEFAULT-VALUE}).")
    private String dataset = "";

    @Option(
            names = "--protocol",
            paramLabel = "P",
            defaultValue = "stream",
            description = "stream: train once in order, scored on test; cyclic: the longest sequence comes back at the"
                    + " end; validation: stretches of train are held out and scored, test is not read"
                    + " (default: ${DEFAULT-VALUE}).")
    private String protocol = "";

    @Option(
            names = "--split-for-choices",
            description = "The same as --protocol validation: settings are chosen on it, never on test.")
    private boolean choices;

    @Option(
            names = "--teacher",
            paramLabel = "CARD",
            description = "Card of the teacher (default: the one that knows the synthetic scenes).")
    private @Nullable Path teacher;

    @Option(
            names = "--projection",
            paramLabel = "FILE",
            description = "The teacher's projection head (default: the one beside the card, or one fitted on train).")
    private @Nullable Path projection;

    @Option(names = "--student", paramLabel = "CARD", description = "Card of the student (default: the CNN).")
    private @Nullable Path student;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description = "The size at which both look (default: the data set's, up to the teacher's).")
    private @Nullable String size;

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "M",
            description = "Rows of the table (default: all of frozen, ce, ce+kl, skd, cwd, hakd, hakd-no-kmm,"
                    + " hakd-no-kem, hakd-no-kmm-no-kem, offline).")
    private List<String> methods = LearningMethods.STANDARD;

    @Option(
            names = "--replay",
            paramLabel = "R",
            defaultValue = "both",
            description = "both, on or off (default: ${DEFAULT-VALUE}).")
    private String replay = "";

    @Option(
            names = "--without-replay",
            split = ",",
            paramLabel = "M",
            description = "The methods that run without replay too, with --replay both (default: all).")
    private List<String> withoutReplay = List.of();

    @Option(
            names = "--equal-time",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Run slower methods again, with the steps they have time for (default: ${DEFAULT-VALUE}).")
    private boolean equalTime;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--updates",
            paramLabel = "N",
            defaultValue = "4",
            description = "Optimizer steps for each window of new frames (default: ${DEFAULT-VALUE}).")
    private int updates;

    @Option(
            names = "--new-frames",
            paramLabel = "N",
            defaultValue = "4",
            description = "New frames in a window (default: ${DEFAULT-VALUE}).")
    private int newFrames;

    @Option(
            names = "--replayed-frames",
            paramLabel = "N",
            defaultValue = "4",
            description = "Replayed frames in a step (default: ${DEFAULT-VALUE}).")
    private int replayedFrames;

    @Option(
            names = "--test-every",
            paramLabel = "K",
            defaultValue = "1",
            description = "Score every K-th test frame (default: ${DEFAULT-VALUE}).")
    private int testEvery;

    @Option(
            names = "--offline-epochs",
            paramLabel = "N",
            defaultValue = "20",
            description = "Of the ceiling (default: ${DEFAULT-VALUE}).")
    private int offlineEpochs;

    @Option(
            names = "--wire",
            paramLabel = "T",
            defaultValue = "int8",
            description = "How the teacher's tensors travel: int8, fp16 or fp32 (default: ${DEFAULT-VALUE}).")
    private String wire = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench-learning",
            description = "Folder for runs and report (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "Folder for what the teacher says of the frames, which several --out can share (default: --out).")
    private @Nullable Path cache;

    @Option(names = "--resume", description = "Go on with the runs in --out; finished ones are not run again.")
    private boolean resume;

    @Mixin
    private TorchMixin torch = new TorchMixin();

    @Override
    public Integer call() {
        Progress progress = new Progress(Console.of(spec.commandLine().getErr()));
        LearningReport report = new LearningBench(settings(), shown(progress)).run();
        report.write(out, commandLine(spec.commandLine().getParseResult().originalArgs()));
        spec.commandLine().getOut().println(report.text());
        progress.say("Written to " + out + ": learning.md, learning.json, learning.svg, learning-test.svg.");
        return 0;
    }

    private LearningSettings settings() {
        return new LearningSettings(
                dataset,
                choices ? Protocol.VALIDATION : Protocol.of(protocol),
                teacher == null ? ShippedModels.card("teacher-synthetic") : teacher,
                projection,
                student == null ? ShippedModels.card("student-cnn") : student,
                SizeWord.of("--size", size),
                LearningMethods.parse(methods),
                word("--replay", replay, LearningSettings.Replay.class),
                withoutReplay,
                equalTime,
                seeds,
                updates,
                newFrames,
                replayedFrames,
                testEvery,
                offlineEpochs,
                word("--wire", wire, WireType.class),
                out,
                cache == null ? out : cache,
                resume,
                torch.options());
    }

    private static <E extends Enum<E>> E word(String option, String given, Class<E> type) {
        for (E value : type.getEnumConstants()) {
            if (value.name().equalsIgnoreCase(given)) {
                return value;
            }
        }
        String all = String.join(
                ", ",
                java.util.Arrays.stream(type.getEnumConstants())
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .toList());
        throw new UsageException(option + " is \"" + given + "\"; give one of " + all + ".");
    }

    /**
     * What can be published.
     *
     * @param words all that was given behind "reflux", which begins with the subcommands
     */
    static String commandLine(List<String> words) {
        return "reflux "
                + String.join(
                        " ",
                        words.stream().map(LearningSettings::withoutFolders).toList());
    }

    private static LearningListener shown(Progress progress) {
        return new LearningListener() {
            @Override
            public void say(String sentence) {
                progress.say("  " + sentence);
            }

            @Override
            public void progressed(String phase, long done, long of, String figures) {
                progress.show(phase, done, of, figures);
            }
        };
    }
}
