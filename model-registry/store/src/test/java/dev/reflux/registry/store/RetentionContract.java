package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tags, retention, checks and rotation of keys. */
abstract class RetentionContract extends RegistryBed {

    @Test
    void givenTagsSetTogether_whenRead_thenNoneIsLost() throws Exception {
        String model = line();
        registry.publisher().publish(registry.publisher().openWriter(model, "test"), candidates.of("1", 0));

        together(8, i -> {
            registry.tags().put(model, 1, "tag-" + i, Optional.of("value " + i));
            return i;
        });
        registry.tags().put(model, 1, "tag-0", Optional.empty());

        assertThat(registry.catalog().tags(model, 1)).hasSize(7).containsEntry("tag-7", "value 7");
        assertThatThrownBy(() -> registry.tags().put(model, 5, "x", Optional.of("y")))
                .hasMessageContaining("no version 5");
    }

    @Test
    void givenARetention_whenReaped_thenNewestEveryNthAndAliasedVersionsStayWholeAndFilesOfTheOthersGo() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        for (int i = 1; i <= 9; i++) {
            registry.publisher().publish(writer, candidates.of("student " + i, i - 1));
        }
        registry.aliases().point(model, "champion", 2, "test", "");
        RetentionPolicy policy = new RetentionPolicy(2, 4, RetentionPolicy.SHORTEST_GRACE);
        ReapReport plan = registry.reap(model, policy, true);

        ReapReport young = registry.reap(model, policy, false);
        ReapReport old = inTwoHours().reap(model, policy, false);

        assertThat(plan.versions()).containsExactly(1L, 3L, 5L, 6L, 7L);
        assertThat(young).isEqualTo(plan);
        assertThat(young.files())
                .as("files may be somebody's who publishes now")
                .isZero();
        assertThat(old.files()).isEqualTo(5 * Artifact.values().length);
        assertThat(registry.catalog().versions(model, 1))
                .extracting(StudentVersion::version)
                .containsExactly(2L, 4L, 8L, 9L);
        registry.catalog().versions(model, 1).forEach(version -> candidates.contentOf(registry.reader(), version));
        assertThat(registry.catalog().check(model, Optional.empty())).isEqualTo(new CheckReport(4, 12, List.of()));
        assertThat(registry.publisher()
                        .publish(writer, candidates.of("next", 9))
                        .version())
                .isEqualTo(10);
    }

    @Test
    void givenAVersionWithFates_whenReaped_thenItsFatesStayAndItsOtherFilesGo() throws Exception {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        CandidateStudent first = candidates.of("1", 0);
        Path fates = first.files().get(Artifact.CARD).resolveSibling("fates.json");
        Files.writeString(fates, "fates");
        StudentVersion reaped = registry.publisher()
                .publish(
                        writer,
                        new CandidateStudent(
                                first.files(), first.lineage(), first.metrics(), first.config(), Optional.of(fates)));
        registry.publisher().publish(writer, candidates.of("2", 1));

        inTwoHours().reap(model, new RetentionPolicy(1, 0, RetentionPolicy.SHORTEST_GRACE), false);

        assertThat(store.read(reaped.lineage().fates().key())).isPresent();
        assertThat(store.read(reaped.blob(Artifact.CARD).key())).isEmpty();
    }

    @Test
    void givenDamage_whenChecked_thenEachThingIsASentence() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        for (int i = 1; i <= 4; i++) {
            registry.publisher().publish(writer, candidates.of("student " + i, i - 1));
        }
        replace(registry.reader().require(model, "1").blob(Artifact.CARD).key(), new byte[1]);
        store.delete(
                registry.reader().require(model, "2").blob(Artifact.STUDENT).key());
        store.delete(BucketLayout.versions(model).of(3));
        registry.aliases().point(model, "champion", 4, "test", "");

        CheckReport report = registry.catalog()
                .check(
                        model,
                        Optional.of(TrustFile.of(List.of(SigningKey.generate().publicKey()))));

        assertThat(report.findings())
                .contains(
                        "student.json of " + model
                                + " version 1 is not the one its manifest names: its sha256 differs.",
                        "student.pt of " + model + " version 2 is missing.",
                        model + " has no version 3, and it was not removed by a reaper.",
                        model + " version 4 is not signed.");
    }

    @Test
    void givenASigningKey_whenPublishedAndRotated_thenVehiclesWithEitherTrustFileFollow() {
        String model = line();
        SigningKey old = SigningKey.generate();
        SigningKey next = SigningKey.generate();
        Writer writer = registry.publisher().openWriter(model, "test");
        TrustFile both = TrustFile.of(List.of(old.publicKey(), next.publicKey()));

        StudentVersion first = new ModelRegistry(store, Clock.systemUTC(), Optional.of(old))
                .publisher()
                .publish(writer, candidates.of("1", 0));
        StudentVersion second = new ModelRegistry(store, Clock.systemUTC(), Optional.of(next))
                .publisher()
                .publish(writer, candidates.of("2", 1));

        assertThat(registry.reader().distrust(first, both)).isEmpty();
        assertThat(registry.reader().distrust(second, both)).isEmpty();
        assertThat(registry.reader().distrust(first, TrustFile.of(List.of(next.publicKey()))))
                .hasValueSatisfying(why -> assertThat(why).contains("key " + old.id() + ", which is not among"));
    }
}
