/**
 * The services as operating-system processes of one machine: started in order, watched, ended together. A supervisor is
 * run by one thread; it may be stopped from any other.
 */
@NullMarked
package dev.reflux.quickstart.processes;

import org.jspecify.annotations.NullMarked;
