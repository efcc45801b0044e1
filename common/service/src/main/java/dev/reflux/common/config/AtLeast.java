package dev.reflux.common.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Bounds a numeric setting from below by another setting of the same mapping. {@link ConfigLoader} enforces it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface AtLeast {

    /** Returns the other setting's full key. */
    String value();

    /** Returns the factor by which the other setting's value is multiplied. */
    int times() default 1;
}
