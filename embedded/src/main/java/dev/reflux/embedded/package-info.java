/**
 * A real Kafka broker and a real S3 endpoint inside one JVM, for the quickstart and for tests. Start and close each from
 * one thread; their endpoints may be used from anywhere.
 */
@NullMarked
package dev.reflux.embedded;

import org.jspecify.annotations.NullMarked;
