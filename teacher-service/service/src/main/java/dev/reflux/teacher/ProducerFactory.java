package dev.reflux.teacher;

import org.apache.kafka.clients.producer.Producer;

/** Creates the producer of the transactions. A test puts a failing producer in its place. */
@FunctionalInterface
interface ProducerFactory {

    /** Creates a transactional producer whose transactions are not initialized yet. */
    Producer<byte[], byte[]> create(TeacherSettings settings);
}
