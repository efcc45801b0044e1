package dev.reflux.lab.cli;

import dev.reflux.benchmarks.report.FigureFile;
import dev.reflux.benchmarks.report.Machine;
import dev.reflux.cli.options.PairOptions;
import dev.reflux.cli.options.SizeWord;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethod;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of experiments in which a student learns a stream. */
final class StreamOptions {

    /** Updates, new frames and replayed frames of a step: what the trainer does. */
    private static final int WINDOW = 4;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PairOptions pair = new PairOptions();

    @Option(
            names = "--projection",
            paramLabel = "FILE",
            description =
                    "Projection head of the teacher (default: the file beside the card, or a head fitted on train).")
    private @Nullable Path projection;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description = "Size at which the student looks at a frame (default: the teacher's).")
    private @Nullable String size;

    @Option(
            names = "--teacher-size",
            paramLabel = "WxH",
            description = "Size at which the teacher looks at a frame (default: the data set's, at most its card's).")
    private @Nullable String teacherSize;

    @Option(
            names = "--test-every",
            paramLabel = "K",
            defaultValue = "1",
            description = "Score every K-th test frame (default: ${DEFAULT-VALUE}).")
    private int testEvery;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Folder of the teacher's tensors, which several --out can share (default: --out).")
    private @Nullable Path cache;

    @Option(names = "--resume", description = "Resume the runs in --out; finished runs are not repeated.")
    private boolean resume;

    String dataset() {
        return pair.dataset();
    }

    Path teacher() {
        return pair.teacher();
    }

    @Nullable
    Path projection() {
        return projection;
    }

    Path student() {
        return pair.student();
    }

    @Nullable
    ImageSize teacherView() {
        return SizeWord.of("--teacher-size", teacherSize);
    }

    @Nullable
    ImageSize view() {
        return SizeWord.of("--size", size);
    }

    int testEvery() {
        return testEvery;
    }

    Path cache(Path out) {
        return cache == null ? out : cache;
    }

    boolean resume() {
        return resume;
    }

    /** For a benchmark that lets students learn with replay, at the trainer's own pace, in runs of its own. */
    LearningSettings online(
            Protocol protocol, List<LearningMethod> methods, WireType wire, Path out, TorchOptions torch) {
        return new LearningSettings(
                dataset(),
                protocol,
                teacher(),
                projection,
                student(),
                teacherView(),
                view(),
                methods,
                LearningSettings.Replay.ON,
                List.of(),
                false,
                1,
                WINDOW,
                LearningMethod.Tuning.STANDARD.learningRate(),
                WINDOW,
                WINDOW,
                testEvery,
                1,
                wire,
                out,
                cache(out),
                resume,
                torch);
    }

    Progress progress() {
        return new Progress(Console.of(spec.commandLine().getErr()));
    }

    static LearningListener shown(Progress progress) {
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

    /** Prints what was measured and where, and writes it with its plot. */
    void tell(String benchmark, Object figures, String text, String plot, Path out) {
        PrintWriter to = spec.commandLine().getOut();
        to.println(Machine.here());
        to.println();
        to.print(text);
        to.println();
        to.println("written: " + FigureFile.now(benchmark, figures).write(out));
        to.println("written: " + FigureFile.writeBeside(out, benchmark + ".svg", plot));
        to.flush();
    }

    /** What can be published of the command that is running. */
    String commandLine() {
        return commandLine(spec.commandLine().getParseResult().originalArgs());
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

    static <E extends Enum<E>> E word(String option, String given, Class<E> type) {
        for (E value : type.getEnumConstants()) {
            if (value.name().equalsIgnoreCase(given)) {
                return value;
            }
        }
        String all = String.join(
                ", ",
                Arrays.stream(type.getEnumConstants())
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .toList());
        throw new UsageException(option + " is \"" + given + "\"; give one of " + all + ".");
    }
}
