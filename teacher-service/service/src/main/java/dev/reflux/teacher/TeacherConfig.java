package dev.reflux.teacher;

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

    /** Files of label schemas that frames may name, besides the built-in ones and the teacher's own. */
    Optional<List<String>> labelSchemas();

    /** The brokers, and who this teacher is to them. */
    interface Kafka {

        /** host:port, comma-separated. */
        @WithDefault("localhost:9092")
        String bootstrapServers();

        /** The consumer group in which teachers share the partitions. */
        @WithDefault("reflux-teacher")
        String group();

        /**
         * Names this instance's transactions: the same over its restarts, another for each instance that runs beside it.
         * Default: the group and the host's name.
         */
        Optional<String> transactionalId();

        /** How long a start waits for topics that are not there yet. */
        @WithDefault("PT2M")
        Duration topicsWithin();

        /** Whatever else Kafka's clients are to be given, such as security.protocol. */
        Map<String, String> properties();
    }

    /** The teacher. */
    interface Model {

        /** Path of the model card; its TorchScript file lies beside it. */
        String card();

        /**
         * Path of the fitted projection head ({@code reflux fit-projection}). Default: beside the card, its name ending
         * in {@code .projection.safetensors} instead of {@code .json}.
         */
        Optional<String> projection();
    }

    /** The size at which teacher and student look at a frame. Default: the card's input. */
    interface View {

        OptionalInt width();

        OptionalInt height();
    }

    /** How frames are gathered. */
    interface Batch {

        /** Frames in one call of the network, at most. */
        @WithDefault("4")
        int size();

        /** How long a frame waits for company, at most. */
        @WithDefault("PT0.02S")
        Duration linger();

        /** Frames between poll and commit at which polling pauses. */
        @WithDefault("32")
        int inFlight();
    }

    /** When what was made is committed. */
    interface Commit {

        /** Frames of one Kafka transaction; at most half of batch.in-flight. */
        @WithDefault("16")
        int frames();

        /** How long a finished frame waits for its transaction to fill; zero commits every batch. */
        @WithDefault("PT0.25S")
        Duration linger();
    }

    /** What is sent on. */
    interface Tensors {

        /** INT8, FP16 or FP32. */
        @WithDefault("INT8")
        WireType type();

        /** Pixels of the view for one cell of the final logits, on each axis; not finer than the network's own. */
        @WithDefault("8")
        int logitsStride();
    }

    /** Where and how it computes. */
    interface Compute {

        /** cpu, cuda:N, or auto: the first GPU if there is one. */
        @WithDefault("auto")
        String device();

        /** Threads of one operation on the CPU. Default: all cores. */
        OptionalInt threads();

        /** Threads that decode images and labels. */
        @WithDefault("2")
        int decodeThreads();
    }

    /** What it says of itself. */
    interface Health {

        /** Of /livez, /readyz and /metrics; 0 takes a free one. */
        @WithDefault("8081")
        int port();

        /** Time without a turn of the poll loop after which /livez fails. */
        @WithDefault("PT1M")
        Duration pollTimeout();

        /** Time with frames in flight and no finished batch after which /livez fails. */
        @WithDefault("PT5M")
        Duration stageTimeout();
    }
}
