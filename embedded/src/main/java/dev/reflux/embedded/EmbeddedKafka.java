package dev.reflux.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One Kafka node, broker and controller, on loopback. It keeps its data in a folder and can be started on it again, in
 * under a second after a clean close and in about five after a kill. Acknowledged records survive both.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final int NODE_ID = 1;
    private static final long WAIT_SECONDS = 60;
    private static final String SCRAM = "SCRAM-SHA-512";
    private static final String MAX_MESSAGE_BYTES = String.valueOf(9 << 20);

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Starts a node on a free port. */
    public static EmbeddedKafka start(Path directory) {
        return start(directory, LoopbackPorts.free());
    }

    /**
     * Starts a node on a given port and returns when the broker accepts connections.
     *
     * @param directory folder of the node's data, created when absent; it must not be deleted before {@link #close()}
     * @param port TCP port of the broker
     */
    public static EmbeddedKafka start(Path directory, int port) {
        return start(directory, port, port);
    }

    /**
     * Starts a node that clients reach by another port, such as that of a proxy before it.
     *
     * @param directory folder of the node's data, created when absent; it must not be deleted before {@link #close()}
     * @param port TCP port on which the broker listens
     * @param advertised TCP port on loopback that clients are told
     */
    public static EmbeddedKafka start(Path directory, int port, int advertised) {
        return start(directory, settings(directory, port, advertised, LoopbackPorts.free()), List.of(), port);
    }

    /**
     * Starts a node on a free port that lets clients in by TLS with SASL/SCRAM-SHA-512 only.
     *
     * @param tls the properties of the broker's keys and of the certificates that it trusts
     * @param user the one user
     * @param password the user's password
     */
    public static EmbeddedKafka startGuarded(Path directory, Map<String, String> tls, String user, String password) {
        int port = LoopbackPorts.free();
        int internal = LoopbackPorts.free();
        int controller = LoopbackPorts.free();
        Map<String, Object> settings = settings(directory, internal, internal, controller);
        String inside = "PLAINTEXT://127.0.0.1:" + internal;
        String outside = "DOOR://127.0.0.1:" + port;
        settings.put("listeners", outside + "," + inside + ",CONTROLLER://127.0.0.1:" + controller);
        settings.put("advertised.listeners", outside + "," + inside);
        settings.put("listener.security.protocol.map", "DOOR:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("sasl.enabled.mechanisms", SCRAM);
        settings.put(
                "listener.name.door.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        tls.forEach((key, value) -> settings.put("listener.name.door." + key, value));
        EmbeddedKafka broker =
                start(directory, settings, List.of(SCRAM + "=[name=" + user + ",password=" + password + "]"), port);
        awaitUser("127.0.0.1:" + internal, user);
        return broker;
    }

    /** The broker accepts connections before it has read its users, and refuses them then. */
    private static void awaitUser(String inside, String user) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, inside))) {
            admin.describeUserScramCredentials(List.of(user)).all().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the embedded broker does not learn of its user", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static EmbeddedKafka start(Path directory, Map<String, Object> settings, List<String> scram, int port) {
        HaltProcedure.install();
        // Kafka names its files by NumberFormat.getInstance(), and does not find them again under other digits.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        try {
            Files.createDirectories(directory);
            format(directory, scram);
        } catch (Exception e) {
            throw new IllegalStateException("the embedded broker cannot format " + directory, e);
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        return new EmbeddedKafka(server, port);
    }

    /** Returns the address as HOST:PORT. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Returns the port of the broker. */
    public int port() {
        return port;
    }

    /** Shuts the node down cleanly and waits for it. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path directory, List<String> scram) throws Exception {
        new Formatter()
                .setNodeId(NODE_ID)
                .setClusterId(clusterId(directory.resolve("meta.properties")))
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(directory.toString())
                .addDirectory(directory.toString())
                .setIgnoreFormatted(true)
                .setScramArguments(scram)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
    }

    /** Returns the id of the cluster that a folder was formatted for, or a new one. */
    private static String clusterId(Path metaProperties) {
        if (!Files.exists(metaProperties)) {
            return Uuid.randomUuid().toString();
        }
        Properties known = new Properties();
        try (Reader reader = Files.newBufferedReader(metaProperties)) {
            known.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return known.getProperty("cluster.id");
    }

    private static Map<String, Object> settings(Path directory, int port, int advertised, int controllerPort) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", String.valueOf(NODE_ID));
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + advertised);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", directory.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("message.max.bytes", MAX_MESSAGE_BYTES);
        settings.put("replica.fetch.max.bytes", MAX_MESSAGE_BYTES);
        settings.put("log.segment.bytes", String.valueOf(64 << 20));
        // One node, so every internal topic has one replica.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        // Little memory, and groups that form at once.
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.consumer.assignment.interval.ms", "0");
        settings.put("group.consumer.heartbeat.interval.ms", "500");
        settings.put("group.consumer.min.heartbeat.interval.ms", "100");
        // The partitions of a killed member are reassigned after 10 s instead of 45.
        settings.put("group.consumer.session.timeout.ms", "10000");
        settings.put("group.consumer.min.session.timeout.ms", "5000");
        settings.put("broker.session.timeout.ms", "2000");
        settings.put("broker.heartbeat.interval.ms", "500");
        return settings;
    }
}
