package dev.reflux.lab.learning;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is compared, and on what.
 *
 * @param dataset as a command line names it
 * @param protocol how a stream and its test are made of it
 * @param teacher its card
 * @param projection its projection head; null: the one beside the card, or one that is fitted
 * @param student card of the student that every method starts from
 * @param view the size at which both look; null: the data set's, up to the teacher's
 * @param methods rows of the table
 * @param replay with and without replay
 * @param withoutReplay names of the methods that run without replay too; empty: all
 * @param equalTime whether slower methods run a second time, with as many steps as the fastest has time for
 * @param seeds 1 to this
 * @param updates steps a window
 * @param learningRate of AdamW, for those of the methods that were made with no other
 * @param newFrames a window's new frames
 * @param replayedFrames a batch's replayed frames
 * @param testEvery every how-manieth test frame is scored
 * @param offlineEpochs of the ceiling
 * @param wire how the teacher's tensors are encoded before the student sees them
 * @param out folder for everything that is left
 * @param cache folder for what the teacher says, which runs of several tables can share
 * @param resume whether runs that lie there count
 * @param torch threads and device
 */
public record LearningSettings(
        String dataset,
        Protocol protocol,
        Path teacher,
        @Nullable Path projection,
        Path student,
        @Nullable ImageSize view,
        List<LearningMethod> methods,
        Replay replay,
        List<String> withoutReplay,
        boolean equalTime,
        int seeds,
        int updates,
        double learningRate,
        int newFrames,
        int replayedFrames,
        int testEvery,
        int offlineEpochs,
        WireType wire,
        Path out,
        Path cache,
        boolean resume,
        TorchOptions torch) {

    /** With replay, without, or both. */
    public enum Replay {
        BOTH,
        ON,
        OFF
    }

    public LearningSettings {
        List<String> names = methods.stream().map(LearningMethod::name).toList();
        withoutReplay.forEach(name ->
                require(names.contains(name), "--without-replay names " + name + ", which is not among --methods."));
        methods = List.copyOf(methods);
        withoutReplay = List.copyOf(withoutReplay);
        require(!methods.isEmpty(), "--methods names none; name at least one.");
        methods.forEach(method -> require(
                !equalTime || method.costsStepsAlone(),
                method.name() + " does not cost steps on whole frames alone, so these do not tell its time; add"
                        + " --no-equal-time."));
        require(seeds >= 1, "--seeds is " + seeds + "; give 1 or more.");
        require(updates >= 1, "--updates is " + updates + "; give 1 or more.");
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "--learning-rate is " + learningRate + "; give a number above 0.");
        require(newFrames >= 1, "--new-frames is " + newFrames + "; give 1 or more.");
        require(replayedFrames >= 0, "--replayed-frames is " + replayedFrames + "; give 0 or more.");
        require(testEvery >= 1, "--test-every is " + testEvery + "; give 1 or more.");
        require(offlineEpochs >= 1, "--offline-epochs is " + offlineEpochs + "; give 1 or more.");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new UsageException(sentence);
        }
    }

    boolean runsWith(LearningMethod method) {
        return !method.streams() || replay != Replay.OFF;
    }

    boolean runsWithout(LearningMethod method) {
        boolean named = withoutReplay.isEmpty() || withoutReplay.contains(method.name());
        return method.streams() && replay != Replay.ON && named;
    }

    /** Whatever a finished run depends on: runs of other settings may not stand in one table. */
    Map<String, String> fingerprint() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("dataset", dataset);
        all.put("protocol", protocol.word());
        all.put("teacher", String.valueOf(teacher.getFileName()));
        all.put("student", String.valueOf(student.getFileName()));
        all.put("size", String.valueOf(view));
        all.put("updates", String.valueOf(updates));
        all.put("learning-rate", String.valueOf(learningRate));
        all.put("new-frames", String.valueOf(newFrames));
        all.put("replayed-frames", String.valueOf(replayedFrames));
        all.put("test-every", String.valueOf(testEvery));
        all.put("offline-epochs", String.valueOf(offlineEpochs));
        all.put("wire", wire.name());
        all.put("scored", "averaged weights");
        return all;
    }

    /** The same as it can be published. */
    Map<String, String> published() {
        Map<String, String> all = fingerprint();
        all.replaceAll((name, value) -> withoutFolders(value));
        return all;
    }

    /** A word of a command with nothing of an absolute path but its end: a machine's folders are none of a reader's business. */
    public static String withoutFolders(String word) {
        return word.replaceAll("(^|:|=)/\\S*/", "$1");
    }
}
