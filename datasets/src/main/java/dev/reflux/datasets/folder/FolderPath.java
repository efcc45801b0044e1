package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The argument of a data set that lies in a folder. */
final class FolderPath {

    private FolderPath() {}

    /**
     * Returns the folder.
     *
     * @param prefix prefix of the data set
     * @param argument text after the colon
     * @throws UsageException when the argument names no folder
     */
    static Path of(String prefix, String argument) {
        if (argument.isEmpty()) {
            throw new UsageException("\"" + prefix + "\" names no folder; write " + prefix + ":PATH.");
        }
        try {
            Path folder = Path.of(argument);
            if (Files.isDirectory(folder)) {
                return folder;
            }
            throw new UsageException("The data set folder " + folder + " does not exist; check the path.");
        } catch (InvalidPathException e) {
            throw new UsageException("\"" + argument + "\" is no path; write " + prefix + ":PATH.", e);
        }
    }
}
