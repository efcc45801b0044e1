package dev.reflux.datasets;

/**
 * A kind of data set, found on the class path by {@link java.util.ServiceLoader}. A jar adds one by a class with a public
 * constructor without parameters, named in {@code META-INF/services/dev.reflux.datasets.DatasetProvider}; then
 * {@code --dataset PREFIX:ARGUMENT} opens it in every command. {@code examples/dataset} is a complete one.
 *
 * <ol>
 *   <li>Life cycle: the catalog creates an instance for each look-up and keeps none. Construction must be cheap and must
 *       not fail; files are opened in {@link #open} at the earliest.
 *   <li>Threads: an instance is used by one thread. The data set that it opens may be used by any thread, so it must be
 *       immutable or synchronized.
 *   <li>Errors: {@link #open} throws a {@link dev.reflux.common.failure.UsageException} whose sentence names the thing and
 *       the remedy. Any other exception is a defect of the provider.
 *   <li>Splits: a data set is opened only when its splits "train" and "test" have frames.
 * </ol>
 */
public interface DatasetProvider {

    /** Returns the word before the colon, such as {@code camvid}; lower-case letters, digits and dashes. */
    String prefix();

    /** Returns how the data set is written on a command line, such as {@code camvid:PATH}. */
    String form();

    /**
     * Opens a data set.
     *
     * @param argument text after the colon; empty where there is none
     * @throws dev.reflux.common.failure.UsageException in one sentence, when the data set cannot be opened
     */
    Dataset open(String argument);
}
