package dev.reflux.common.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds a numeric setting, or a duration in seconds. {@link ConfigLoader} enforces the bounds, both inclusive unless
 * they are declared open.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Range {

    /** Returns the lower bound. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Returns the upper bound. */
    double max() default Double.POSITIVE_INFINITY;

    /** Returns whether the lower bound itself is excluded. */
    boolean aboveMin() default false;

    /** Returns whether the upper bound itself is excluded. */
    boolean belowMax() default false;
}
