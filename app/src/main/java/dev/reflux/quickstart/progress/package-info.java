/** What a person watches while something runs. Any thread. */
@NullMarked
package dev.reflux.quickstart.progress;

import org.jspecify.annotations.NullMarked;
