package dev.reflux.audit;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;

/**
 * What is audited.
 *
 * @param kafka address and properties of the brokers
 * @param model the model line
 * @param teacherGroup the consumer group of the teachers, whose committed offsets say which frames wait for them
 * @param frames the topic of the frames
 * @param samples the topic of the samples
 * @param deadLetters the topic of the dead letters
 */
public record AuditSettings(
        KafkaSettings kafka, String model, String teacherGroup, String frames, String samples, String deadLetters) {

    /** Returns an audit of the topics as Reflux names them. */
    public static AuditSettings of(KafkaSettings kafka, String model, String teacherGroup) {
        return new AuditSettings(
                kafka, model, teacherGroup, Topics.FRAMES_LABELED, Topics.DISTILLATION_SAMPLES, Topics.DEAD_LETTER);
    }
}
