package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.SealedJson;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever was changed, moved or removed is refused. */
abstract class TamperingContract extends RegistryBed {

    @Test
    void givenAnyByteOfAnyObjectChanged_whenTheLineIsReadWithATrustFile_thenItIsRefused() {
        String model = line();
        SigningKey key = SigningKey.generate();
        TrustFile trust = TrustFile.of(List.of(key.publicKey()));
        ModelRegistry signing = new ModelRegistry(store, Clock.systemUTC(), Optional.of(key));
        Writer writer = signing.publisher().openWriter(model, "test");
        String much = "w".repeat(200);
        signing.publisher().publish(writer, candidates.of(much + 1, 0));
        signing.publisher().publish(writer, candidates.of(much + 2, 1));
        signing.aliases().point(model, "champion", 2, "ops", "it is good");
        signing.tags().put(model, 2, "night", Optional.of("yes"));
        signing.journal(model, "decisions").append(java.util.Map.of("kind", "PROMOTED"));
        signing.deltas().add(model, 1, 2).orElseThrow();
        TamperedStore copy = new TamperedStore(store, model + "/");
        ModelRegistry tampered = new ModelRegistry(copy, Clock.systemUTC());
        readEverything(tampered, model, trust);

        copy.objects().forEach((object, good) -> {
            // A writer's number is what counts; there is nothing to be read in it.
            for (int at = 0; !object.contains("/writers/") && at < good.length; at++) {
                good[at] ^= (byte) (1 << at % 8);
                assertThat(catchThrowable(() -> readEverything(tampered, model, trust)))
                        .as("byte %d of %s", at, object)
                        .isInstanceOf(RegistryException.class);
                good[at] ^= (byte) (1 << at % 8);
            }
        });

        readEverything(tampered, model, trust);
    }

    private static void readEverything(ModelRegistry from, String model, TrustFile trust) {
        from.catalog().aliases(model).keySet().forEach(alias -> {
            from.catalog().history(model, alias);
            from.catalog().pointers(model, alias).forEach(pointer -> pointer.distrust(trust)
                    .ifPresent(why -> {
                        throw new RegistryException(why);
                    }));
        });
        from.catalog().journal(model, "decisions").read(1);
        for (StudentVersion version : from.catalog().versions(model, 1)) {
            from.catalog().tags(model, version.version());
            from.reader().distrust(version, trust).ifPresent(why -> {
                throw new RegistryException(why);
            });
            from.reader().files().read(version);
        }
        for (DeltaRecord delta : from.reader().deltas().list(model)) {
            from.reader()
                    .deltas()
                    .apply(
                            delta,
                            from.reader().files().read(from.reader().require(model, String.valueOf(delta.from()))));
        }
    }

    @Test
    void givenPointersThatAreUnsignedForeignForgedOrMoved_whenTheTrustFileAsksForSignedOnes_thenEachIsRefused() {
        String model = line();
        SigningKey key = SigningKey.generate();
        SigningKey foreign = SigningKey.generate();
        TrustFile versionsOnly = TrustFile.of(List.of(key.publicKey()));
        TrustFile trust = versionsOnly.withSignedAliases(true);
        ModelRegistry signing = new ModelRegistry(store, Clock.systemUTC(), Optional.of(key));
        Writer writer = signing.publisher().openWriter(model, "test");
        signing.publisher().publish(writer, candidates.of("1", 0));
        signing.publisher().publish(writer, candidates.of("2", 1));
        signing.aliases().point(model, "champion", 1, "ops", "it is good");
        signing.aliases().point(model, "champion", 2, "ops", "it is better");
        registry.aliases().point(model, "unsigned", 2, "test", "");
        new ModelRegistry(store, Clock.systemUTC(), Optional.of(foreign))
                .aliases()
                .point(model, "foreign", 2, "test", "");
        TamperedStore copy = new TamperedStore(store, model + "/");
        ModelRegistry tampered = new ModelRegistry(copy, Clock.systemUTC());
        String pointer = model + "/aliases/champion/00000002.json";
        byte[] good = copy.objects().get(pointer);

        assertThat(tampered.reader().distrustAlias(model, "latest", trust)).isEmpty();
        assertThat(tampered.reader().distrustAlias(model, "champion", trust)).isEmpty();
        assertThat(tampered.reader().distrustAlias(model, "unsigned", versionsOnly))
                .isEmpty();
        assertThat(tampered.reader().distrustAlias(model, "unsigned", trust).orElseThrow())
                .contains("unsigned")
                .contains("not signed");
        assertThat(tampered.reader().distrustAlias(model, "foreign", trust).orElseThrow())
                .contains("not among the trusted ones");
        assertThat(registry.catalog().check(model, Optional.of(trust)).findings())
                .hasSize(2);
        for (int at = 0; at < good.length; at++) {
            copy.objects().put(pointer, good.clone());
            copy.objects().get(pointer)[at] ^= (byte) (1 << at % 8);
            assertThat(refusesChampion(tampered, model, trust))
                    .as("byte %d", at)
                    .isTrue();
        }
        copy.objects().put(pointer, forged(good));
        assertThat(tampered.reader().distrustAlias(model, "champion", trust).orElseThrow())
                .contains("does not fit it");
        copy.objects().put(pointer, copy.objects().get(model + "/aliases/champion/00000001.json"));
        assertThatThrownBy(() -> tampered.reader().current(model, "champion"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it was moved");
    }

    private static boolean refusesChampion(ModelRegistry from, String model, TrustFile trust) {
        try {
            return from.reader().distrustAlias(model, "champion", trust).isPresent();
        } catch (RegistryException e) {
            return true;
        }
    }

    /** Another version under the old signature, with a seal that fits. */
    private static byte[] forged(byte[] pointer) {
        SealedJson.Opened opened = SealedJson.open(pointer, "pointer");
        opened.body().put("version", 1);
        Map<String, Object> body = new ObjectMapper().convertValue(opened.body(), new TypeReference<>() {});
        return SealedJson.seal(body, opened.signature());
    }

    @Test
    void givenAnyByteOfAFileChangedOrTheFileGone_whenFetched_thenItIsRefusedAndNothingStays() {
        String model = line();
        StudentVersion version =
                registry.publisher().publish(registry.publisher().openWriter(model, "test"), candidates.of("1", 0));
        for (Artifact artifact : Artifact.values()) {
            String key = version.blob(artifact).key();
            byte[] good = store.read(key).orElseThrow();
            Path target = directory.resolve("tampered-" + artifact.fileName());
            for (int at = 0; at < good.length; at++) {
                byte[] bad = good.clone();
                bad[at] ^= 1;
                replace(key, bad);

                assertThatThrownBy(() -> registry.reader().files().download(version, artifact, target))
                        .isInstanceOf(RegistryException.class)
                        .hasMessageContaining(artifact.fileName())
                        .hasMessageContaining("refused");
                assertThat(target).doesNotExist();
                assertThat(target.resolveSibling(target.getFileName() + ".part"))
                        .doesNotExist();
            }
            store.delete(key);
            assertThatThrownBy(() -> registry.reader().files().download(version, artifact, target))
                    .hasMessageContaining("is missing from the store");
            replace(key, good);
        }
    }

    @Test
    void givenAManifestMovedToAnotherNumber_whenResolved_thenItIsRefused() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        StudentVersion first = registry.publisher().publish(writer, candidates.of("1", 0));
        StudentVersion second = registry.publisher().publish(writer, candidates.of("2", 1));
        replace(
                BucketLayout.versions(second.model()).of(second.version()),
                store.read(BucketLayout.versions(first.model()).of(first.version()))
                        .orElseThrow());

        assertThatThrownBy(() -> registry.reader().resolve(model, "2"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it was moved");
    }

    @Test
    void givenAManifestOfAnotherFormat_whenRead_thenTheSentenceNamesBothFormats() {
        byte[] future = SealedJson.seal(Map.of("format", 99), Optional.empty());

        assertThatThrownBy(() -> Manifest.read(future, "street/versions/00000001/manifest.json"))
                .hasMessage("The manifest street/versions/00000001/manifest.json is of format 99; this build reads"
                        + " format 3: update it.");
        assertThatThrownBy(() -> Manifest.read("{}".getBytes(StandardCharsets.UTF_8), "x"))
                .hasMessageContaining("The object x is damaged: it has no seal");
    }
}
