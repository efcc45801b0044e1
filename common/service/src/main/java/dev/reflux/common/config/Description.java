package dev.reflux.common.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one setting of a configuration interface. {@code --list-config} prints the description, and the
 * configuration reference in {@code docs/configuration.md} is generated from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Description {

    /** Returns what the setting does, in one or two sentences, with its unit. */
    String value();

    /** Returns the value that holds where an optional setting is not given, such as "all cores". */
    String unset() default "";
}
