package dev.reflux.trainer;

import dev.reflux.common.config.AtLeast;
import dev.reflux.common.config.Description;
import dev.reflux.common.config.Range;
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

    LearningConfig learning();

    GuardConfig guard();

    WantedConfig wanted();

    Drift drift();

    Loss loss();

    Compute compute();

    Health health();

    @Description("Files of label schemas, besides the built-in ones.")
    Optional<List<String>> labelSchemas();

    /** The brokers. */
    interface Kafka {

        @Description("Addresses of the brokers as HOST:PORT, separated by commas.")
        @WithDefault("localhost:9092")
        String bootstrapServers();

        @Description(
                "Consumer group under which the trainer's progress shows in lag metrics. The trainer itself starts from the offsets of its checkpoint.")
        @WithDefault("reflux-trainer")
        String group();

        @Description("Longest wait at start for topics that do not exist yet.")
        @WithDefault("PT2M")
        @Range(min = 0)
        Duration topicsWithin();

        @Description("Decoded samples at which polling pauses.")
        @WithDefault("24")
        @AtLeast(value = "trainer.learning.new-frames", times = 2)
        int queue();

        @Description("Further properties of all Kafka clients, such as security.protocol.")
        Map<String, String> properties();

        @Description("File with further properties of all Kafka clients, such as passwords; the ones above win.")
        Optional<String> propertiesFile();
    }

    /** The size at which the student looks at frames. Its teacher may look at another one; both see the whole frame. */
    interface View {

        @Description(
                value = "Width in pixels; width and height are given together.",
                unset = "the width at which the teacher looked")
        @Range(min = 16, max = 8192)
        OptionalInt width();

        @Description(
                value = "Height in pixels; width and height are given together.",
                unset = "the height at which the teacher looked")
        @Range(min = 16, max = 8192)
        OptionalInt height();
    }

    /** The student. */
    interface Student {

        @Description("Name of the model in the registry under which versions are published.")
        @WithDefault("student")
        String name();

        @Description("Path of the model card of the untrained or pre-trained student.")
        String card();

        @Description(
                value =
                        "Id of the label schema of the stream. A schema other than the card's needs a card with reheadable: true.",
                unset = "the card's")
        Optional<String> labelSchema();

        View view();

        @Description(
                "Whether the weights are initialized anew before the first frame. A trainer that resumes keeps its own.")
        @WithDefault("false")
        boolean fresh();

        @Description("Seed of fresh weights, of batches and of augmentation.")
        @WithDefault("1")
        long seed();
    }

    /** The store of the registry. */
    interface Store {

        @Description("URL of the S3 endpoint, such as http://HOST:PORT.")
        @WithDefault("http://localhost:9000")
        String endpoint();

        @Description("Region of the S3 endpoint.")
        @WithDefault("us-east-1")
        String region();

        @Description("Bucket that holds the registry.")
        @WithDefault("reflux")
        String bucket();

        @Description("Access key of the bucket. access-key-file names a file that holds it.")
        String accessKey();

        @Description("Secret key of the bucket. secret-key-file names a file that holds it.")
        String secretKey();

        @Description(
                "Longest wait for a store that is busy, silent or away. Training waits meanwhile, and Kafka keeps the samples.")
        @WithDefault("PT15M")
        @Range(min = 0)
        Duration patience();
    }

    /** How versions are published. */
    interface Publish {

        @Description(
                value = "File of the signing key that reflux models key writes.",
                unset = "versions are not signed")
        Optional<String> keyFile();

        @Description(
                "Whether the trainer refuses to start without a signing key. Set it in production: vehicles with a trust file refuse unsigned versions.")
        @WithDefault("false")
        boolean requireSigned();

        @Description("Whether a delta is made from each version to the next, for vehicles that have the one before.")
        @WithDefault("true")
        boolean deltas();
    }

    /** The promotion gate, which moves the aliases canary and champion. Scores are fractions, on held-out frames. */
    interface Gate {

        @Description("Whether the gate moves the aliases canary and champion. If not, only operators move them.")
        @WithDefault("true")
        boolean enabled();

        @Description("Least holdout mIoU of a version, as a fraction.")
        @WithDefault("0")
        @Range(min = 0, max = 1)
        double floor();

        @Description("Largest loss of holdout mIoU against the champion, as a fraction.")
        @WithDefault("0.005")
        @Range(min = 0)
        double mayLose();

        @Description("Largest loss of IoU of any class against the champion, as a fraction.")
        @WithDefault("0.05")
        @Range(min = 0)
        double classMayLose();

        @Description("Largest loss of mIoU of any domain against the champion, as a fraction.")
        @WithDefault("0.02")
        @Range(min = 0)
        double domainMayLose();

        @Description("Time without complaints after which a canary becomes the champion.")
        @WithDefault("PT1H")
        @Range(min = 0)
        Duration quiet();

        @Description(
                "Number of tokens whose vehicles must report a regression before a version is withdrawn. With 1, a single vehicle withdraws a version from the whole fleet.")
        @WithDefault("2")
        @Range(min = 1)
        int reports();

        @Description("Smallest share of the tokens that report of a version at all, as a fraction.")
        @WithDefault("0.5")
        @Range(min = 0, max = 1)
        double reportShare();

        @Description("Time between two checks of the gate. Each publication triggers one more.")
        @WithDefault("PT1M")
        @Range(min = 0, aboveMin = true)
        Duration every();
    }

    /** When checkpoints and versions are made, and where checkpoints are. */
    interface Checkpoint {

        @Description("Folder of the checkpoints. It must outlive the process.")
        String folder();

        @Description("Trained frames between two checkpoints.")
        @WithDefault("40")
        @Range(min = 1)
        int everyFrames();

        @Description("Trained frames between two versions.")
        @WithDefault("80")
        @Range(min = 1)
        int publishEveryFrames();

        @Description(
                "Whether an empty folder begins a model line that has versions or offsets already. If not, the trainer refuses to start without the line's checkpoint.")
        @WithDefault("false")
        boolean beginAnew();

        @Description(
                value =
                        "Id of a topic distillation.samples that was made anew since the checkpoint, and is to be read from its beginning. The refusal to start names it.",
                unset = "another topic than the checkpoint's is refused")
        Optional<String> newTopic();
    }

    /** How a drift of the loss on new frames is detected, and what it leads to. */
    interface Drift {

        @Description("Drift detector: page-hinkley, adwin, or one that a jar on the class path adds.")
        @WithDefault("page-hinkley")
        String detector();

        @Description("Rise of the mean cross-entropy of new frames that is tolerated: δ of Page-Hinkley.")
        @WithDefault("0.05")
        @Range(min = 0)
        double delta();

        @Description("Accumulated rise above the tolerated one that is a drift: λ of Page-Hinkley.")
        @WithDefault("3")
        @Range(min = 0, aboveMin = true)
        double lambda();

        @Description("Batches of new frames before the first verdict.")
        @WithDefault("12")
        @Range(min = 1)
        int minimum();

        @Description("Options of the drift detector by name. adwin has confidence.")
        Map<String, String> options();

        @Description("Factor on the learning rate after a drift.")
        @WithDefault("1.5")
        @Range(min = 0, aboveMin = true)
        double boost();

        @Description("Optimizer steps with that learning rate.")
        @WithDefault("60")
        @Range(min = 1)
        int boostSteps();
    }

    /** Weights and switches of the loss: CE + kd·L_kd + hakd·L_hakd + projection·BCE. */
    interface Loss {

        @Description("Loss: heteroakd, or one that a jar on the class path adds.")
        @WithDefault("heteroakd")
        String method();

        @Description("Options of the loss by name. heteroakd has none besides the settings here.")
        Map<String, String> options();

        @Description("Weight of L_kd, the distillation term on the final logits.")
        @WithDefault("0.1")
        @Range(min = 0)
        double kd();

        @Description("Weight of L_hakd, the HeteroAKD term on the projected logits.")
        @WithDefault("10")
        @Range(min = 0)
        double hakd();

        @Description("Weight of the BCE that trains the student's projection head.")
        @WithDefault("1")
        @Range(min = 0)
        double projection();

        @Description("Temperature of both distillation terms.")
        @WithDefault("1")
        @Range(min = 0, aboveMin = true)
        double tau();

        @Description("Axis over which KEM's softmax normalizes.")
        @WithDefault("PIXELS")
        KemAxis kemAxis();

        @Description("Whether KMM mixes teacher and student logits. If not, the teacher's logits are the target.")
        @WithDefault("true")
        boolean kmm();

        @Description("Whether KEM weighs the cells. If not, all cells weigh alike.")
        @WithDefault("true")
        boolean kem();

        @Description("Temperature of KEM's softmax. The paper uses 1; a higher one makes the weights more even.")
        @WithDefault("3")
        @Range(min = 0, aboveMin = true)
        double kemTau();

        /** How cells without a label are taught. */
        Unlabeled unlabeled();

        /** The weights of cells without a label, which the teacher teaches alone. */
        interface Unlabeled {

            @Description(
                    "Weight in CE of a cell without a label, for which the teacher's most likely class stands. 1 counts it like a labeled cell, 0 leaves it out.")
            @WithDefault("1")
            @Range(min = 0)
            double ce();

            @Description("Weight in L_kd of a cell without a label. 1 counts it like a labeled cell, 0 leaves it out.")
            @WithDefault("1")
            @Range(min = 0)
            double kd();

            @Description(
                    "Weight in L_hakd and in the projection's BCE of a cell without a label, for which the teacher's most likely class stands. 1 counts it like a labeled cell, 0 leaves it out.")
            @WithDefault("1")
            @Range(min = 0)
            double hakd();
        }
    }

    /** The device and threads of the computation. */
    interface Compute {

        @Description("Device of the student: cpu, cuda:N, or auto for the first GPU if there is one.")
        @WithDefault("auto")
        String device();

        @Description(value = "Threads of one operation on the CPU.", unset = "all cores")
        @Range(min = 1)
        OptionalInt threads();
    }

    /** The HTTP server of health and metrics. */
    interface Health {

        @Description("TCP port of /livez, /readyz and /metrics. 0 takes a free port.")
        @WithDefault("8082")
        @Range(min = 0, max = 65535)
        int port();
    }
}
