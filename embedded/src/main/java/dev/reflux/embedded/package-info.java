/** A real Kafka broker and a real S3 endpoint inside one JVM, for the quickstart and for tests. */
@NullMarked
package dev.reflux.embedded;

import org.jspecify.annotations.NullMarked;
