/**
 * Extensions that a jar on the class path adds by {@link java.util.ServiceLoader} and that a configuration selects by
 * name. Stateless; all methods may be called from any thread.
 */
@NullMarked
package dev.reflux.common.plugin;

import org.jspecify.annotations.NullMarked;
