package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.StudentVersion;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a process leaves behind that is killed at any of its calls of the store. */
abstract class KilledProcessContract extends RegistryBed {

    @Test
    void givenAPublisherThatIsKilledAtAnyCall_whenAnotherGoesOn_thenLatestLoadsAndNumbersAreGapless() {
        for (boolean after : new boolean[] {false, true}) {
            boolean finished = false;
            for (int k = 1; !finished; k++) {
                String model = line();
                registry.publisher()
                        .publish(registry.publisher().openWriter(model, "before"), candidates.of("before", 0));

                finished = killed(k, after, model);

                assertThat(candidates.contentOf(
                                registry.reader(), registry.reader().require(model, "latest")))
                        .isIn("before", "doomed");
                Writer fresh = registry.publisher().openWriter(model, "after");
                long highest = registry.catalog().versions(model, 1).size();
                assertThat(registry.reader().require(model, "latest").version()).isEqualTo(highest);
                StudentVersion next = registry.publisher().publish(fresh, candidates.of("after", highest));
                assertThat(next.version()).isEqualTo(highest + 1);
                assertThat(registry.reader().require(model, "latest")).isEqualTo(next);
                registry.catalog()
                        .versions(model, 1)
                        .forEach(version -> candidates.contentOf(registry.reader(), version));
                assertThat(k).isLessThan(100);
            }
        }
    }

    private boolean killed(int k, boolean after, String model) {
        try {
            ModelRegistry doomed = new ModelRegistry(new DyingStore(store, k, after), Clock.systemUTC());
            doomed.publisher().publish(doomed.publisher().openWriter(model, "doomed"), candidates.of("doomed", 1));
            return true;
        } catch (DyingStore.Killed e) {
            return false;
        }
    }

    @Test
    void givenAReaperThatIsKilledAtAnyCall_whenAnotherFinishes_thenNothingNamedIsGone() {
        boolean finished = false;
        for (int k = 1; !finished; k++) {
            String model = line();
            Writer writer = registry.publisher().openWriter(model, "test");
            for (int i = 1; i <= 3; i++) {
                registry.publisher().publish(writer, candidates.of("student " + i, i - 1));
            }
            try {
                new ModelRegistry(new DyingStore(store, k, true), inTwoHoursClock())
                        .reap(model, RetentionPolicy.newest(1), false);
                finished = true;
            } catch (DyingStore.Killed e) {
                assertThat(registry.catalog().check(model, Optional.empty()).findings())
                        .as("after call %d", k)
                        .isEmpty();
            }
            inTwoHours().reap(model, RetentionPolicy.newest(1), false);

            assertThat(candidates.contentOf(registry.reader(), registry.reader().require(model, "latest")))
                    .isEqualTo("student 3");
            assertThat(store.list(model + "/blobs/")).hasSize(Artifact.values().length);
            assertThat(registry.catalog().check(model, Optional.empty()).findings())
                    .isEmpty();
        }
    }

    @Test
    void givenAPublisherThatWasKilled_whenReaped_thenItsFilesGoOnceTheyAreOld() {
        String model = line();
        registry.publisher().publish(registry.publisher().openWriter(model, "before"), candidates.of("before", 0));
        for (int k = 1; store.list(model + "/blobs/").size() <= 3; k++) {
            assertThat(killed(k, true, model)).isFalse();
        }

        inTwoHours().reap(model, RetentionPolicy.newest(5), false);

        assertThat(store.list(model + "/blobs/")).hasSize(3);
    }
}
