/** What came of a run, for people and for machines. Any thread. */
@NullMarked
package dev.reflux.quickstart.report;

import org.jspecify.annotations.NullMarked;
