package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one folder by their names without ending, in order, and a sentence for each kind of thing that does not belong
 * there.
 *
 * @param files path by name
 * @param odd what was left out
 * @param folders number of folders in it, which are not looked into
 */
record FolderListing(Map<String, Path> files, List<String> odd, int folders) {

    /**
     * Lists a folder.
     *
     * @param kind what the files are, such as "image"
     * @param ending pattern of a file name whose first group is the name without ending
     * @throws UsageException when it cannot be read or has two files of one name
     */
    static FolderListing of(Path folder, String kind, Pattern ending) {
        Map<String, Path> files = new LinkedHashMap<>();
        Oddities hidden = new Oddities();
        Oddities others = new Oddities();
        Oddities folders = new Oddities();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : (Iterable<Path>) list.sorted()::iterator) {
                String name = file.getFileName().toString();
                Matcher match = ending.matcher(name);
                if (name.startsWith(".")) {
                    hidden.add(name);
                } else if (Files.isDirectory(file)) {
                    folders.add(name);
                } else if (!match.matches()) {
                    others.add(name);
                } else if (files.put(match.group(1), file) != null) {
                    throw new UsageException(
                            "The folder " + folder + " has two " + kind + "s of the name \"" + match.group(1)
                                    + "\"; keep one of them (a mask belongs into labels/, an image into images/).");
                }
            }
        } catch (IOException e) {
            throw new UsageException("The folder " + folder + " cannot be read; check its permissions.", e);
        }
        List<String> odd = new ArrayList<>();
        say(odd, folder, hidden, "hidden file", "left out");
        say(odd, folder, others, "file", "no " + kind + " by the ending and left out");
        say(odd, folder, folders, "folder", "not looked into; move the files up");
        return new FolderListing(files, odd, folders.count());
    }

    private static void say(List<String> odd, Path folder, Oddities found, String noun, String what) {
        if (!found.isEmpty()) {
            odd.add(folder.getFileName() + "/ has " + found.counted(noun) + " (" + found.examples() + "), "
                    + (found.count() == 1 ? "which is " : "which are ") + what + ".");
        }
    }
}
