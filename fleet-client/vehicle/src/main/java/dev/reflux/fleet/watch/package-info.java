/** New student versions, from the registry. A follower runs on the thread that calls it. */
@NullMarked
package dev.reflux.fleet.watch;

import org.jspecify.annotations.NullMarked;
