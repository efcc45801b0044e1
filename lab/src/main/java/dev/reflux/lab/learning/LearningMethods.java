package dev.reflux.lab.learning;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.lab.learning.LearningMethod.Kind;
import dev.reflux.lab.learning.LearningMethod.Tuning;
import dev.reflux.lab.rivals.ChannelWise;
import dev.reflux.lab.rivals.StructuredPairs;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.UnlabeledCells;
import dev.reflux.trainer.replay.ReplayProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The methods by name. A name may have settings, as in {@code hakd:tau=0.7:warmup=0}. Ablations are written in this way,
 * and each such name is a row of the table.
 */
public final class LearningMethods {

    /** The methods that are compared by default. */
    public static final List<String> STANDARD = List.of(
            "frozen",
            "ce",
            "ce+kl",
            "skd",
            "cwd",
            "hakd",
            "hakd-no-kmm",
            "hakd-no-kem",
            "hakd-no-kmm-no-kem",
            "offline");

    /** The description of the names in help texts. */
    public static final String SETTINGS =
            "kd, hakd, cwd and pair (weights), projection, tau, axis (pixels or classes), "
                    + "kemtau, warmup (part of the stream), updates, lr, capacity, buffer (reservoir, balanced or fifo), enough "
                    + "(mIoU at which a window gets no further step), labels (nearest or area, of the projected logits), relu "
                    + "(true: both projections are cut at zero), ema (decay of the averaged weights), balance (0 to 1: how far "
                    + "rare classes weigh more), crop (part of a frame's sides that a step sees), der (weight of DER++'s "
                    + "consistency), mir (candidates for a replayed frame, of which the most interfered are taken), every (the first frame "
                    + "and every so many after it have a label; 0: none), pick (which frame of each so many has it: even, or with a "
                    + "label that comes later even-late, random, wanted, disagreement or uncertainty), wrong (part of the labels that "
                    + "are wrong, before every), wrong-kind (frame: the label of another frame; blocks: two classes are swapped in "
                    + "blocks of 16 labels; camera: all labels of so many cameras are those of other frames), distrust (true: the "
                    + "labels of doubted cameras are set aside), replay-labels (part of the replayed frames that is drawn from labeled ones "
                    + "alone), u-ce, u-kd and u-hakd (weights of cells without a label in "
                    + "CE, L_kd and L_hakd)";

    private enum Answer {
        TRUE,
        FALSE
    }

    private LearningMethods() {}

    /** @throws UsageException if a name is unknown or given twice */
    public static List<LearningMethod> parse(List<String> words) {
        return parse(words, Tuning.STANDARD.learningRate());
    }

    /** @param learningRate the learning rate of methods that name none */
    public static List<LearningMethod> parse(List<String> words, double learningRate) {
        List<LearningMethod> methods = new ArrayList<>();
        for (String word : words) {
            LearningMethod method = method(word, learningRate);
            if (methods.stream().anyMatch(known -> known.name().equals(method.name()))) {
                throw new UsageException("The method \"" + word + "\" is given twice; give it once.");
            }
            methods.add(method);
        }
        return methods;
    }

    private static LearningMethod method(String word, double learningRate) {
        String[] parts = word.split(":", -1);
        Map<String, String> own = settings(word, parts);
        DistillationMethod loss = loss(word, parts[0], own);
        LearningMethod method =
                new LearningMethod(word, kind(parts[0]), loss, tuning(word, own, learningRate, loss.projection() > 0));
        requireTeaching(word, method);
        requirePickable(word, method);
        requireDoubtable(word, method);
        if (!own.isEmpty()) {
            throw new UsageException("\"" + word + "\" sets " + String.join(", ", own.keySet())
                    + ", which this method does not have; there are " + SETTINGS + ".");
        }
        return method;
    }

    private static void requireTeaching(String word, LearningMethod method) {
        if (method.learns() && method.tuning().labelEvery() == 0 && !method.learnsFromAllFrames()) {
            throw new UsageException("\"" + word + "\" learns from labels alone and has none; give every=1 or above.");
        }
    }

    private static void requirePickable(String word, LearningMethod method) {
        boolean possible = method.streams()
                && method.learnsFromAllFrames()
                && method.tuning().labelEvery() > 1;
        if (method.tuning().pick().comesLater() && !possible) {
            throw new UsageException(
                    "\"" + word + "\" picks frames whose labels come later, so it has to stream, to learn from"
                            + " frames without a label, and to have every=2 or above; use hakd or ce+kl, or leave pick out.");
        }
    }

    private static void requireDoubtable(String word, LearningMethod method) {
        boolean possible = method.streams()
                && method.learnsFromAllFrames()
                && !method.tuning().pick().comesLater();
        if (method.tuning().distrust() && !possible) {
            throw new UsageException(
                    "\"" + word + "\" sets labels aside, so it has to stream and to learn from frames without"
                            + " a label, whose labels do not come later; use hakd or ce+kl, or leave distrust out.");
        }
    }

    private static Map<String, String> settings(String word, String[] parts) {
        Map<String, String> own = new LinkedHashMap<>();
        for (String part : Arrays.copyOfRange(parts, 1, parts.length)) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2 || pair[1].isEmpty()) {
                throw new UsageException("\"" + word + "\" has a setting without a value (\"" + part
                        + "\"); write NAME:key=value, such as hakd:tau=0.7.");
            }
            own.put(pair[0], pair[1]);
        }
        return own;
    }

    private static Kind kind(String name) {
        return switch (name) {
            case "frozen" -> Kind.FROZEN;
            case "offline", "offline-hakd" -> Kind.OFFLINE;
            default -> Kind.ONLINE;
        };
    }

    private static DistillationMethod loss(String word, String name, Map<String, String> own) {
        return switch (name) {
            case "frozen", "ce", "offline" -> LossSettings.labelsOnly(0);
            case "ce+kl" -> plainKl(word, own);
            case "skd" -> structured(word, own);
            case "cwd" -> channelWise(word, own);
            case "hakd", "offline-hakd" -> hetero(word, own, true, true);
            case "hakd-no-kmm" -> hetero(word, own, false, true);
            case "hakd-no-kem" -> hetero(word, own, true, false);
            case "hakd-no-kmm-no-kem" -> hetero(word, own, false, false);
            default ->
                throw new UsageException("\"" + word + "\" is no method; there are " + String.join(", ", STANDARD)
                        + " and offline-hakd.");
        };
    }

    /** The weight of the rival is Hinton's: equal to that of the labels. */
    private static LossSettings plainKl(String word, Map<String, String> own) {
        LossSettings standard = LossSettings.plainKl(number(word, own, "kd", 1));
        return standard.withTau(positive(word, own, "tau", standard.tau())).withUnlabeled(unlabeled(word, own));
    }

    private static StructuredPairs structured(String word, Map<String, String> own) {
        StructuredPairs published = StructuredPairs.asPublished();
        return new StructuredPairs(
                number(word, own, "kd", published.pixel()),
                number(word, own, "pair", published.pair()),
                positive(word, own, "tau", published.tau()),
                published.pool(),
                published.projection());
    }

    private static ChannelWise channelWise(String word, Map<String, String> own) {
        ChannelWise published = ChannelWise.asPublished();
        return new ChannelWise(
                number(word, own, "cwd", published.weight()),
                positive(word, own, "tau", published.tau()),
                published.projection());
    }

    private static LossSettings hetero(String word, Map<String, String> own, boolean kmm, boolean kem) {
        LossSettings standard = LossSettings.standard();
        return new LossSettings(
                number(word, own, "kd", standard.kd()),
                number(word, own, "hakd", standard.hakd()),
                number(word, own, "projection", standard.projection()),
                positive(word, own, "tau", standard.tau()),
                choice(word, own, "axis", standard.kemAxis()),
                kmm,
                kem,
                positive(word, own, "kemtau", standard.kemTau()),
                unlabeled(word, own));
    }

    private static UnlabeledCells unlabeled(String word, Map<String, String> own) {
        UnlabeledCells standard = UnlabeledCells.standard();
        return new UnlabeledCells(
                number(word, own, "u-ce", standard.ce()),
                number(word, own, "u-kd", standard.kd()),
                number(word, own, "u-hakd", standard.hakd()));
    }

    private static <E extends Enum<E>> E choice(String word, Map<String, String> own, String key, E standard) {
        String given = own.remove(key);
        if (given == null) {
            return standard;
        }
        E[] all = standard.getDeclaringClass().getEnumConstants();
        for (E value : all) {
            if (value.name().replace('_', '-').equalsIgnoreCase(given)) {
                return value;
            }
        }
        throw new UsageException("In \"" + word + "\" the " + key + " is \"" + given + "\"; give one of "
                + Arrays.toString(all).toLowerCase(Locale.ROOT).replace('_', '-') + ".");
    }

    /** @param projects whether the student has a projection that learns; without one, nothing of it can be set */
    private static Tuning tuning(String word, Map<String, String> own, double learningRate, boolean projects) {
        Tuning standard = Tuning.STANDARD;
        double consistency = number(word, own, "der", standard.consistency());
        return new Tuning(
                number(word, own, "warmup", standard.warmUp()),
                (int) number(word, own, "updates", standard.updates()),
                positive(word, own, "lr", learningRate),
                (int) number(word, own, "capacity", standard.capacity()),
                buffer(word, own, standard.buffer()),
                number(word, own, "enough", standard.goodEnough()),
                projects ? choice(word, own, "labels", standard.labels()) : standard.labels(),
                projects ? choice(word, own, "relu", Answer.FALSE) == Answer.TRUE : standard.relu(),
                consistency,
                below(word, own, "ema", standard.ema()),
                atMostOne(word, "balance", number(word, own, "balance", standard.balance())),
                crop(word, own, consistency > 0),
                (int) number(word, own, "mir", standard.candidates()),
                (int) number(word, own, "every", standard.labelEvery()),
                choice(word, own, "pick", standard.pick()),
                new WrongLabels(
                        atMostOne(
                                word,
                                "wrong",
                                number(word, own, "wrong", standard.wrong().fraction())),
                        choice(word, own, "wrong-kind", standard.wrong().kind())),
                atMostOne(word, "replay-labels", number(word, own, "replay-labels", standard.replayLabels())),
                choice(word, own, "distrust", Answer.FALSE) == Answer.TRUE);
    }

    private static String buffer(String word, Map<String, String> own, String standard) {
        String given = own.remove("buffer");
        List<String> policies = NamedProviders.names(ReplayProvider.class);
        if (given == null || policies.contains(given.toLowerCase(Locale.ROOT))) {
            return given == null ? standard : given.toLowerCase(Locale.ROOT);
        }
        throw new UsageException("In \"" + word + "\" the buffer is \"" + given + "\"; give one of " + policies + ".");
    }

    private static double below(String word, Map<String, String> own, String key, double standard) {
        double value = number(word, own, key, standard);
        if (value >= 1) {
            throw new UsageException("In \"" + word + "\" the value of " + key + " is 1 or above; give one below it.");
        }
        return value;
    }

    private static double crop(String word, Map<String, String> own, boolean remembers) {
        double crop = atMostOne(word, "crop", positive(word, own, "crop", Tuning.STANDARD.crop()));
        if (crop < 1 && remembers) {
            throw new UsageException(
                    "\"" + word + "\" crops and has der, which remembers whole frames; leave one out.");
        }
        return crop;
    }

    private static double atMostOne(String word, String key, double value) {
        if (value > 1) {
            throw new UsageException("In \"" + word + "\" the value of " + key + " is above 1; give one up to it.");
        }
        return value;
    }

    private static double positive(String word, Map<String, String> own, String key, double standard) {
        double value = number(word, own, key, standard);
        if (value == 0) {
            throw new UsageException("In \"" + word + "\" the value of " + key + " is 0; give a number above it.");
        }
        return value;
    }

    private static double number(String word, Map<String, String> own, String key, double standard) {
        String given = own.remove(key);
        if (given == null) {
            return standard;
        }
        try {
            double value = Double.parseDouble(given);
            if (value >= 0 && Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number that is out of range is.
        }
        throw new UsageException(
                "In \"" + word + "\" the value of " + key + " is \"" + given + "\"; give a number, 0 or above.");
    }
}
