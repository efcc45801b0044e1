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
 * The settings of the learning benchmark.
 *
 * @param dataset the data set in the form of the command line
 * @param protocol the protocol that makes a stream and a test of it
 * @param teacher the teacher's card
 * @param projection the teacher's projection head; null for the one beside the card or a fitted one
 * @param student the card of the student with which every method starts
 * @param teacherView the size at which the teacher looks; null for the data set's, at most the card's
 * @param view the size at which the student looks; null for the teacher's
 * @param methods the rows of the table
 * @param replay with and without replay
 * @param withoutReplay names of the methods that run without replay too; empty: all
 * @param equalTime whether slower methods run a second time, with as many steps as the fastest has time for
 * @param seeds number of seeds; they are 1 to this number
 * @param updates number of steps for a window
 * @param learningRate the learning rate of AdamW for methods without one of their own
 * @param newFrames number of new frames in a window
 * @param replayedFrames number of replayed frames in a batch
 * @param testEvery n if every n-th test frame is scored
 * @param offlineEpochs number of epochs of the offline upper bound
 * @param wire the encoding of the teacher's tensors
 * @param out folder for runs and report
 * @param cache folder for the teacher's samples, which several benchmarks can share
 * @param resume whether finished runs in that folder are used
 * @param torch threads and device
 */
public record LearningSettings(
        String dataset,
        Protocol protocol,
        Path teacher,
        @Nullable Path projection,
        Path student,
        @Nullable ImageSize teacherView,
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

    /** Returns everything on which a finished run depends. Runs of other settings are refused. */
    Map<String, String> fingerprint() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("dataset", dataset);
        all.put("protocol", protocol.word());
        all.put("teacher", String.valueOf(teacher.getFileName()));
        all.put("student", String.valueOf(student.getFileName()));
        all.put("teacher-size", String.valueOf(teacherView));
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

    /** Returns the publishable form of these settings. */
    Map<String, String> published() {
        Map<String, String> all = fingerprint();
        all.replaceAll((name, value) -> withoutFolders(value));
        return all;
    }

    /** Returns a word of a command with absolute paths cut to their last part, because folders of a machine are not published. */
    public static String withoutFolders(String word) {
        return word.replaceAll("(^|:|=)/\\S*/", "$1");
    }
}
