package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.Writer;
import org.junit.jupiter.api.Test;

/** Versions of two registries have the same numbers: what a folder holds is told apart by model and hashes. */
class ForeignFolderTest extends VehicleBed {

    @Test
    void givenAFolderOfAnotherRegistry_whenTheSameNumberIsPulled_thenTheFolderIsRefusedAndStays() {
        publish("first");
        puller(PullPolicy.DEFAULT).pull("latest");
        openAnotherRegistry();
        publish("first of the other registry");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("latest"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.FOREIGN_FOLDER))
                .hasMessageContaining(directory.resolve("vehicle").toString())
                .hasMessageContaining("another registry; give");

        assertThat(directory.resolve("vehicle/current/student.pt")).hasContent("first");
    }

    @Test
    void givenAFolderOfANewerVersionOfAnotherRegistry_whenPulled_thenTheFolderIsNamedAndNotTheVersion() {
        publish("first");
        publish("second");
        puller(PullPolicy.DEFAULT).pull("latest");
        openAnotherRegistry();
        publish("first of the other registry");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("latest"))
                .hasMessageContaining("another registry; give")
                .hasMessageNotContaining("is older than");
    }

    @Test
    void givenAFolderOfAnotherModel_whenPulled_thenBothModelsAreNamed() {
        publish("first");
        puller(PullPolicy.DEFAULT).pull("latest");
        Writer lite = registry.publisher().openWriter("street-lite", "test");
        registry.publisher().publish(lite, candidate("first"));

        assertThatThrownBy(() -> new StudentPuller(
                                registry.reader(), "street-lite", directory.resolve("vehicle"), PullPolicy.DEFAULT)
                        .pull("latest"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.FOREIGN_FOLDER))
                .hasMessageContaining("of the model street;")
                .hasMessageContaining("street-lite");
    }

    private void openAnotherRegistry() {
        close();
        store = EmbeddedS3.start(directory.resolve("other-store"));
        registry = ModelRegistry.open(settings());
        writer = registry.publisher().openWriter(MODEL, "test");
    }
}
