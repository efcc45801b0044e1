package dev.reflux.teacher;

import dev.reflux.common.config.AtLeast;
import dev.reflux.common.config.Description;
import dev.reflux.common.config.Range;
import dev.reflux.teacher.publish.WireType;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of the teacher service, under {@code teacher.} in YAML; in the environment {@code REFLUX_TEACHER_…}, such as
 * {@code REFLUX_TEACHER_KAFKA_BOOTSTRAP_SERVERS}.
 */
@ConfigMapping(prefix = "teacher")
public interface TeacherConfig {

    Kafka kafka();

    Model model();

    View view();

    Batch batch();

    Commit commit();

    Tensors tensors();

    Compute compute();

    Health health();

    @Description("Files of label schemas that frames may name, besides the built-in ones and the teacher's own.")
    Optional<List<String>> labelSchemas();

    /** The brokers, the consumer group and the transactions. */
    interface Kafka {

        @Description("Addresses of the brokers as HOST:PORT, separated by commas.")
        @WithDefault("localhost:9092")
        String bootstrapServers();

        @Description("Consumer group in which the teachers share the partitions of frames.labeled.")
        @WithDefault("reflux-teacher")
        String group();

        @Description(
                value =
                        "Name of this instance's transactions. It stays the same over restarts, and no other instance may have it at the same time.",
                unset = "the group and the host's name")
        Optional<String> transactionalId();

        @Description("Longest wait at start for topics that do not exist yet.")
        @WithDefault("PT2M")
        @Range(min = 0)
        Duration topicsWithin();

        @Description("Further properties of all Kafka clients, such as security.protocol.")
        Map<String, String> properties();

        @Description("File with further properties of all Kafka clients, such as passwords; the ones above win.")
        Optional<String> propertiesFile();
    }

    /** The model and its projection head. */
    interface Model {

        @Description("Path of the teacher's model card. Its TorchScript file lies beside it.")
        String card();

        @Description(
                value = "Path of the fitted projection head that reflux fit-projection writes.",
                unset = "beside the card, with the ending .projection.safetensors")
        Optional<String> projection();

        @Description(
                "Frames on which the model fails, less those on which it does not, at which the teacher stops instead of"
                        + " refusing further frames.")
        @WithDefault("16")
        @Range(min = 1)
        int failureLimit();
    }

    /** The size at which the teacher sees a frame. A student without a size of its own sees it so too. */
    interface View {

        @Description(value = "Width in pixels to which frames are resized for the teacher.", unset = "the card's input")
        @Range(min = 16)
        OptionalInt width();

        @Description(
                value = "Height in pixels to which frames are resized for the teacher.",
                unset = "the card's input")
        @Range(min = 16)
        OptionalInt height();
    }

    /** Batches of frames. */
    interface Batch {

        @Description("Largest number of frames in one forward pass of the network.")
        @WithDefault("4")
        @Range(min = 1)
        int size();

        @Description("Longest wait of a frame for a batch to fill.")
        @WithDefault("PT0.02S")
        @Range(min = 0)
        Duration linger();

        @Description("Frames between poll and commit at which polling pauses.")
        @WithDefault("32")
        @AtLeast("teacher.batch.size")
        int inFlight();
    }

    /** Transactions. */
    interface Commit {

        @Description("Frames in one Kafka transaction. Half of batch.in-flight is the most that takes effect.")
        @WithDefault("16")
        @Range(min = 1)
        int frames();

        @Description("Longest wait of a finished frame for its transaction to fill. Zero commits every batch.")
        @WithDefault("PT0.25S")
        @Range(min = 0)
        Duration linger();
    }

    /** The tensors of a sample. */
    interface Tensors {

        @Description("Number format of the tensors in a distillation sample.")
        @WithDefault("INT8")
        WireType type();

        @Description(
                "Pixels of the view per cell of the final logits on each axis. The network's own stride is the finest.")
        @WithDefault("8")
        @Range(min = 1)
        int logitsStride();
    }

    /** Devices and threads. */
    interface Compute {

        @Description("Device of the network: cpu, cuda:N, or auto for the first GPU if there is one.")
        @WithDefault("auto")
        String device();

        @Description(value = "Threads of one operation on the CPU.", unset = "all cores")
        @Range(min = 1)
        OptionalInt threads();

        @Description("Threads that decode images and labels.")
        @WithDefault("2")
        @Range(min = 1)
        int decodeThreads();
    }

    /** The health server. */
    interface Health {

        @Description("TCP port of /livez, /readyz and /metrics. 0 takes a free port.")
        @WithDefault("8081")
        @Range(min = 0, max = 65535)
        int port();

        @Description("Time without an iteration of the poll loop after which /livez fails.")
        @WithDefault("PT1M")
        @Range(min = 0, aboveMin = true)
        Duration pollTimeout();

        @Description("Time with frames in flight and no finished batch after which /livez fails.")
        @WithDefault("PT5M")
        @Range(min = 0, aboveMin = true)
        Duration stageTimeout();
    }
}
