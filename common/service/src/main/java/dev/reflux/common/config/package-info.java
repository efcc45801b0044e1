/** Settings of a service from file, environment and command line, all checked before anything starts. Any thread. */
@NullMarked
package dev.reflux.common.config;

import org.jspecify.annotations.NullMarked;
