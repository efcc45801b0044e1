package dev.reflux.teacher;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** A teacher in a process of its own, which ends abruptly while it decodes one certain frame. */
final class DyingTeacher {

    static final String KILLER = "killer";
    static final int EXIT_CODE = 137;

    private DyingTeacher() {}

    /** @param settings KEY=VALUE each */
    public static void main(String[] settings) throws InterruptedException {
        Map<String, String> keys = Arrays.stream(settings)
                .map(one -> one.split("=", 2))
                .collect(Collectors.toMap(one -> one[0], one -> one[1]));
        TeacherService service = TeacherService.start(
                ConfigLoader.load(TeacherConfig.class, null, Map.of(), keys),
                TeacherListener.SILENT,
                teacher -> KafkaClients.transactionalProducer(teacher.kafka(), teacher.transactionalId()),
                decoder -> ticket -> {
                    if (MessageCodec.frameIdIn(ticket.record().value()).equals(KILLER)) {
                        Runtime.getRuntime().halt(EXIT_CODE);
                    }
                    return decoder.decode(ticket);
                });
        ClosedAtShutdown.of("teacher", Duration.ofSeconds(30), service);
        service.await();
    }
}
