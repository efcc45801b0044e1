package dev.reflux.trainer;

import dev.reflux.trainer.distillation.KemAxis;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of the student trainer, under {@code trainer.} in YAML; in the environment {@code REFLUX_TRAINER_…}, such as
 * {@code REFLUX_TRAINER_KAFKA_BOOTSTRAP_SERVERS}.
 */
@ConfigMapping(prefix = "trainer")
public interface TrainerConfig {

    Kafka kafka();

    Student student();

    Store store();

    Publish publish();

    Gate gate();

    Checkpoint checkpoint();

    Learning learning();

    Drift drift();

    Loss loss();

    Compute compute();

    Health health();

    /** Files of label schemas, besides the built-in ones. */
    Optional<List<String>> labelSchemas();

    /** The brokers. */
    interface Kafka {

        /** host:port, comma-separated. */
        @WithDefault("localhost:9092")
        String bootstrapServers();

        /** Under this group the trainer's progress shows in lag metrics; its offsets are those of its checkpoint. */
        @WithDefault("reflux-trainer")
        String group();

        /** How long a start waits for topics that are not there yet. */
        @WithDefault("PT2M")
        Duration topicsWithin();

        /** Decoded samples at which polling pauses. */
        @WithDefault("24")
        int queue();

        /** Whatever else Kafka's clients are to be given, such as security.protocol. */
        Map<String, String> properties();
    }

    /** Who learns. */
    interface Student {

        /** Name of the model line in the registry. */
        @WithDefault("student")
        String name();

        /** Path of the card of the untrained or pre-trained student. */
        String card();

        /** Id of the label schema of the stream. Default: the card's. Another one needs a card that says reheadable. */
        Optional<String> labelSchema();

        /** Draws the weights anew before the first frame; a resumed trainer keeps its own. */
        @WithDefault("false")
        boolean fresh();

        /** Of fresh weights, batches and augmentation. */
        @WithDefault("1")
        long seed();
    }

    /** Where versions go. */
    interface Store {

        @WithDefault("http://localhost:9000")
        String endpoint();

        @WithDefault("us-east-1")
        String region();

        @WithDefault("reflux")
        String bucket();

        String accessKey();

        String secretKey();
    }

    /** What becomes of a version besides that it is there. */
    interface Publish {

        /** Signing key, as "reflux models key" makes it. Default: versions are not signed. */
        Optional<String> keyFile();

        /** Makes a delta from each version to the next, for vehicles that have the one before. */
        @WithDefault("true")
        boolean deltas();
    }

    /** How versions go live, by the aliases canary and champion. Scores are fractions of 1, on held-out frames. */
    interface Gate {

        /** Off: only people point champion and canary. */
        @WithDefault("true")
        boolean enabled();

        /** mIoU that a version must have. */
        @WithDefault("0")
        double floor();

        /** mIoU that a version may have less than the champion. */
        @WithDefault("0.005")
        double mayLose();

        /** IoU that any class may have less than the champion's. */
        @WithDefault("0.05")
        double classMayLose();

        /** mIoU that any domain may have less than the champion's. */
        @WithDefault("0.02")
        double domainMayLose();

        /** How long a canary must run without complaints before it is the champion. */
        @WithDefault("PT1H")
        Duration quiet();

        /** Vehicles that must complain for a version to be taken back. */
        @WithDefault("1")
        int reports();

        /** How often it looks, besides after each publication. */
        @WithDefault("PT1M")
        Duration every();
    }

    /** What survives a crash. */
    interface Checkpoint {

        /** A folder that outlives the process. */
        String folder();

        /** Trained frames between two checkpoints. */
        @WithDefault("40")
        int everyFrames();

        /** Trained frames between two versions. */
        @WithDefault("80")
        int publishEveryFrames();
    }

    /** How it learns. */
    interface Learning {

        /** New frames in a batch. */
        @WithDefault("4")
        int newFrames();

        /** Replayed frames in a batch. */
        @WithDefault("4")
        int replayedFrames();

        /** Optimizer steps for each batch of new frames. */
        @WithDefault("4")
        int updates();

        /**
         * mIoU of a window's new frames, 0..1, at which it gets no further step (JITNet, Mullapudi et al. 2019): what is
         * known already costs one step, what is new costs them all. 1 makes all steps, always.
         */
        @WithDefault("1")
        double goodEnough();

        /** How long new frames wait for company before they are trained on as they are. */
        @WithDefault("PT5S")
        Duration linger();

        /** Samples that are kept to be seen again. */
        @WithDefault("250")
        int replayCapacity();

        /**
         * The replay policy: reservoir (a uniform sample of the stream), balanced (an equal share for every domain), fifo
         * (the newest samples), or one that a jar on the class path adds.
         */
        @WithDefault("reservoir")
        String replay();

        /** The options of the replay policy, by name; the built-in policies have none. */
        Map<String, String> replayOptions();

        /** Part of (camera, ten-second block)s that is never trained on. */
        @WithDefault("0.1")
        double holdoutFraction();

        /** Held-out frames that are kept for scoring. */
        @WithDefault("48")
        int holdoutCapacity();

        /** Frame ids that are remembered to drop what comes twice. */
        @WithDefault("100000")
        int duplicateWindow();

        /** Frames that train without the teacher's terms first. */
        @WithDefault("80")
        long warmUpFrames();

        @WithDefault("0.002")
        double learningRate();

        /** Steps over which the learning rate rises. */
        @WithDefault("20")
        long learningRateWarmUp();

        @WithDefault("0.01")
        double weightDecay();

        @WithDefault("5")
        double clipNorm();

        /** Of the averaged weights, a step: 0.95 looks back over about 20 steps. */
        @WithDefault("0.95")
        double emaDecay();

        /** Strength of photometric augmentation, 0..1. */
        @WithDefault("0.25")
        float photometric();

        /** Mirrors half of the samples, with their labels and teacher tensors. */
        @WithDefault("true")
        boolean flip();

        /** Of the test-then-train score: 0.98 looks back over about 50 frames. */
        @WithDefault("0.98")
        double prequentialFading();

        /**
         * Weight of DER++'s consistency (Buzzega et al. 2020): what the student said of a replayed frame when it was
         * stored holds it. The paper has 0.1 to 0.5; 0 is off, and remembers nothing.
         */
        @WithDefault("0")
        double consistency();

        /**
         * How far classes that are rare in the stream weigh more in CE and L_kd: a pixel of a class that is the part f of
         * what was seen weighs f^−b. 0: all pixels weigh alike; 1: all classes do.
         */
        @WithDefault("0.5")
        double classBalance();
    }

    /** How a drift of the loss on new frames is detected, and what it leads to. */
    interface Drift {

        /** The detector: page-hinkley, adwin, or one that a jar on the class path adds. */
        @WithDefault("page-hinkley")
        String detector();

        /** The rise of the mean cross-entropy that is tolerated (Page-Hinkley's δ). */
        @WithDefault("0.05")
        double delta();

        /** The accumulated rise above the tolerated one that is a drift (Page-Hinkley's λ). */
        @WithDefault("3")
        double lambda();

        /** The number of windows before the first verdict. */
        @WithDefault("12")
        int minimum();

        /** The options of the detector, by name: adwin has confidence. */
        Map<String, String> options();

        /** The factor of the learning rate after a drift. */
        @WithDefault("1.5")
        double boost();

        /** The number of optimizer steps with the raised learning rate. */
        @WithDefault("60")
        int boostSteps();
    }

    /** Weights and switches of the loss: CE + kd·L_kd + hakd·L_hakd + projection·BCE. */
    interface Loss {

        /** The loss: heteroakd, or one that a jar on the class path adds. */
        @WithDefault("heteroakd")
        String method();

        /** The options of the loss, by name; heteroakd has none besides the settings here. */
        Map<String, String> options();

        @WithDefault("0.1")
        double kd();

        @WithDefault("10")
        double hakd();

        @WithDefault("1")
        double projection();

        @WithDefault("1")
        double tau();

        @WithDefault("PIXELS")
        KemAxis kemAxis();

        @WithDefault("true")
        boolean kmm();

        @WithDefault("true")
        boolean kem();

        /** Temperature of KEM's softmax: 1 is the paper's, and the higher, the more even are the weights. */
        @WithDefault("3")
        double kemTau();
    }

    /** Where and how it computes. */
    interface Compute {

        /** cpu, cuda:N, or auto: the first GPU if there is one. */
        @WithDefault("auto")
        String device();

        /** Threads of one operation on the CPU. Default: all cores. */
        OptionalInt threads();
    }

    /** What it says of itself. */
    interface Health {

        /** Of /livez, /readyz and /metrics; 0 takes a free one. */
        @WithDefault("8082")
        int port();
    }
}
