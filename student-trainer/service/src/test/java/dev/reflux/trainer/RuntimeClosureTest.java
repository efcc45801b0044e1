package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.RuntimeClosure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The jars that an image of the trainer gets: the runtime class path of this module, as Maven resolves it. */
class RuntimeClosureTest {

    /** Artifacts by what brings them. A new name needs a reason: it is in every image. */
    private static final Set<String> EXPECTED = Set.of(
            """
            common-model common-messages common-kafka common-service common-launch evaluation torch-runtime
            trainer-loss trainer-loop registry-format registry-client registry-store registry-gate
            slf4j-api jspecify error_prone_annotations
            log4j-api log4j-core log4j-slf4j2-impl log4j-layout-template-json picocli
            protobuf-java jackson-core jackson-databind jackson-annotations java-json-canonicalization
            kafka-clients zstd-jni lz4-java snappy-java
            opentelemetry-api opentelemetry-context opentelemetry-common
            api pytorch-engine pytorch-jni pytorch-native-cpu gson jna commons-compress commons-codec commons-io
            commons-lang3 commons-text
            minio simple-xml-safe guava failureaccess listenablefuture j2objc-annotations bcprov-jdk18on
            okhttp okhttp-jvm okio okio-jvm kotlin-stdlib annotations
            smallrye-config smallrye-config-core smallrye-config-common smallrye-config-source-yaml
            smallrye-common-annotation smallrye-common-classloader smallrye-common-constraint
            smallrye-common-expression smallrye-common-function
            microprofile-config-api jakarta.annotation-api jboss-logging asm snakeyaml
            micrometer-core micrometer-commons micrometer-observation micrometer-registry-prometheus HdrHistogram
            prometheus-metrics-core prometheus-metrics-model prometheus-metrics-config
            prometheus-metrics-tracer-common prometheus-metrics-exposition-formats
            prometheus-metrics-exposition-textformats
            """
                    .split("\\s+"));

    @Test
    void givenTheRuntimeClassPath_whenListed_thenItHasNoStranger() throws IOException {
        Set<String> artifacts = RuntimeClosure.artifacts();

        assertThat(artifacts)
                .as("the class path was resolved")
                .contains("trainer-loop", "torch-runtime", "pytorch-jni", "kafka-clients", "registry-store", "minio");
        List<String> strangers = new ArrayList<>(artifacts);
        strangers.removeAll(EXPECTED);
        assertThat(strangers)
                .as("artifacts that nothing in a trainer's image needs")
                .isEmpty();
    }
}
