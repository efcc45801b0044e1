package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.client.DeltaReader;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Deltas between versions. */
abstract class DeltaContract extends RegistryBed {

    @Test
    void givenDeltas_whenAChainIsChosen_thenItIsTheCheapestAndMakesTheLastVersionBitForBit() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        String long1 = "w".repeat(400) + new Random(1).ints(400).boxed().toList();
        for (int i = 1; i <= 4; i++) {
            registry.publisher().publish(writer, candidates.of(long1 + i, i - 1));
        }
        DeltaMaker maker = registry.deltas();
        DeltaReader deltas = registry.reader().deltas();
        for (long to = 2; to <= 4; to++) {
            maker.add(model, to - 1, to);
        }
        DeltaRecord jump = maker.add(model, 1, 3).orElseThrow();
        StudentVersion last = registry.reader().require(model, "4");

        List<DeltaRecord> chain = deltas.cheapestChain(1, last);

        assertThat(chain).hasSize(2).contains(jump);
        Map<Artifact, byte[]> files =
                registry.reader().files().read(registry.reader().require(model, "1"));
        for (DeltaRecord delta : chain) {
            files = deltas.apply(delta, files);
        }
        Map<Artifact, byte[]> made = files;
        registry.reader().files().read(last).forEach((artifact, bytes) -> assertThat(made.get(artifact))
                .isEqualTo(bytes));
        assertThat(maker.add(model, 1, 3)).contains(jump);
        assertThat(deltas.cheapestChain(4, registry.reader().require(model, "1")))
                .isEmpty();
    }

    @Test
    void givenADamagedOrForeignDelta_whenApplied_thenItIsRefused() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        String much = "w".repeat(900);
        StudentVersion first = registry.publisher().publish(writer, candidates.of(much + 1, 0));
        registry.publisher().publish(writer, candidates.of(much + 2, 1));
        registry.publisher().publish(writer, candidates.of(much + 3, 2));
        DeltaMaker maker = registry.deltas();
        DeltaReader deltas = registry.reader().deltas();
        DeltaRecord delta = maker.add(model, 1, 2).orElseThrow();
        byte[] good = store.read(delta.blob().key()).orElseThrow();

        assertThatThrownBy(() -> deltas.apply(
                        new DeltaRecord(model, 1, 3, delta.blob()),
                        registry.reader().files().read(first)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("from version 1 to 3");
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 4;
        replace(delta.blob().key(), bad);
        assertThatThrownBy(() -> deltas.apply(delta, registry.reader().files().read(first)))
                .hasMessageContaining("is damaged");
        store.delete(delta.blob().key());
        assertThatThrownBy(() -> deltas.apply(delta, registry.reader().files().read(first)))
                .hasMessageContaining("is missing");
    }

    @Test
    void givenDeltas_whenReaped_thenThoseOfVersionsThatStayStayAndTheOthersGo() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        for (int i = 1; i <= 3; i++) {
            registry.publisher().publish(writer, candidates.of("w".repeat(900) + i, i - 1));
        }
        registry.deltas().add(model, 1, 2);
        DeltaRecord kept = registry.deltas().add(model, 2, 3).orElseThrow();

        inTwoHours().reap(model, RetentionPolicy.newest(2), false);

        assertThat(registry.reader().deltas().list(model)).containsExactly(kept);
        assertThat(store.list(model + "/blobs/")).hasSize(2 * Artifact.values().length + 1);
        assertThat(store.read(kept.blob().key())).isPresent();
    }
}
