/** A service's settings from file, environment and command line, checked whole before anything starts. Any thread. */
@NullMarked
package dev.reflux.common.config;

import org.jspecify.annotations.NullMarked;
