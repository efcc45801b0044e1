package dev.reflux.integration.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Markdown file of the repository. */
record Page(Path file, String text) {

    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS = Set.of("target", "shared", "node_modules");
    private static final Pattern BLOCK =
            Pattern.compile("^ *```[^\\n]*\\n(.*?)^ *```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern INLINE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ +(.+?) *$", Pattern.MULTILINE);

    /** A link in the text: the file that it points to, and the anchor or the empty string. */
    record Link(String target, Path file, String anchor) {}

    /** Returns every Markdown file of the repository, without what builds leave. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        Files.walkFileTree(HOME, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skipped = !folder.equals(HOME) && (name.startsWith(".") || NOT_OURS.contains(name));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".md")) {
                    pages.add(new Page(file, Files.readString(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return pages;
    }

    static Page of(String path) throws IOException {
        return new Page(HOME.resolve(path), Files.readString(HOME.resolve(path)));
    }

    String name() {
        return HOME.relativize(file).toString();
    }

    /** Returns the lines of all code blocks; a line that ends in a backslash is joined with the next. */
    List<String> blockLines() {
        return BLOCK.matcher(text)
                .results()
                .map(block -> block.group(1).replace("\\\n", " "))
                .flatMap(String::lines)
                .map(String::strip)
                .toList();
    }

    /** Returns what stands between back-quotes outside of code blocks, with line breaks as blanks. */
    List<String> inlineCode() {
        return INLINE.matcher(withoutBlocks())
                .results()
                .map(code -> code.group(1).replaceAll("\\s+", " "))
                .toList();
    }

    /** Returns the links that stay in the repository. */
    List<Link> links() {
        return LINK.matcher(withoutBlocks())
                .results()
                .map(match -> match.group(1))
                .filter(target -> !target.matches("[a-z]+:.*"))
                .map(this::link)
                .toList();
    }

    private Link link(String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path to = path.isEmpty() ? file : file.resolveSibling(path).normalize();
        return new Link(target, to, hash < 0 ? "" : target.substring(hash + 1));
    }

    /** Returns the anchors of the headings as GitHub forms them. */
    Set<String> anchors() {
        return HEADING.matcher(withoutBlocks())
                .results()
                .map(heading -> heading.group(1).replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1"))
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    String heading() {
        return HEADING.matcher(text)
                .results()
                .findFirst()
                .map(match -> match.group(1))
                .orElse("");
    }

    private String withoutBlocks() {
        return BLOCK.matcher(text).replaceAll("");
    }

    static Stream<MatchResult> in(Path file, Pattern pattern) {
        try {
            return pattern.matcher(Files.readString(file)).results();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
