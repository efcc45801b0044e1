package dev.reflux.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.folder.FolderExport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderExportTest {

    @TempDir
    private Path folder;

    @Test
    void givenADataset_whenExportedAndOpenedAgain_thenSchemaSplitsAndBytesAreTheSame() {
        Dataset source = DatasetCatalog.open("synthetic:3,12");

        new FolderExport(source, 0).write(folder, done -> {});

        Dataset copy = DatasetCatalog.open("folder:" + folder);
        assertThat(copy.schema()).isEqualTo(source.schema());
        assertThat(copy.size()).isEqualTo(source.size());
        for (String split : source.splits()) {
            List<Frame> expected = source.frames(split).toList();
            List<Frame> actual = copy.frames(split).toList();
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.size(); i++) {
                assertThat(actual.get(i).image()).isEqualTo(expected.get(i).image());
                assertThat(actual.get(i).label()).isEqualTo(expected.get(i).label());
            }
        }
    }

    @Test
    void givenAFewFramesOfEachSplit_whenExported_thenTheyAreSpreadOverTheSplitInOrder() {
        Dataset source = DatasetCatalog.open("synthetic:3,12");
        FolderExport export = new FolderExport(source, 5);

        export.write(folder, done -> {});

        List<Frame> all = source.frames("train").toList();
        List<byte[]> copied = DatasetCatalog.open("folder:" + folder)
                .frames("train")
                .map(Frame::image)
                .toList();
        assertThat(export.count()).isEqualTo(10);
        assertThat(copied)
                .containsExactly(
                        all.get(0).image(),
                        all.get(2).image(),
                        all.get(4).image(),
                        all.get(7).image(),
                        all.get(9).image());
    }

    @Test
    void givenADatasetWithFramesWithoutALabel_whenExportedAndOpenedAgain_thenTheSameFramesHaveNone() throws Exception {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        new FolderExport(DatasetCatalog.open("synthetic:3,12"), 6).write(first, done -> {});
        List<String> names = Files.readAllLines(first.resolve("splits/train.txt"));
        for (String name : List.of(names.get(0), names.get(3))) {
            Files.delete(first.resolve("labels/" + name + ".png"));
        }

        new FolderExport(DatasetCatalog.open("folder:" + first), 0).write(second, done -> {});

        assertThat(DatasetCatalog.open("folder:" + second).frames("train").map(Frame::labeled))
                .containsExactly(false, true, true, false, true, true);
        try (Stream<Path> files = Files.list(second.resolve("labels"))) {
            assertThat(files).hasSize(10);
        }
    }

    @Test
    void givenAFolderWithAFile_whenExported_thenItIsRefusedAndTheFileStays() throws Exception {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "mine");

        assertThatThrownBy(() -> new FolderExport(DatasetCatalog.open("synthetic"), 1).write(folder, done -> {}))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("not empty");
        assertThat(folder).isDirectoryContaining(file -> file.equals(notes)).isNotEmptyDirectory();
        assertThat(folder.resolve("images")).doesNotExist();
    }
}
