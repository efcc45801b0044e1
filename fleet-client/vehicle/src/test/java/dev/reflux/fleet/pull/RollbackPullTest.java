package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.fleet.pull.RefusedStudentException.Reason;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.LogKeys;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.store.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rollback reaches the vehicle, and a replayed alias does not. */
class RollbackPullTest extends VehicleBed {

    private final SigningKey key = SigningKey.generate();
    private final PullPolicy policy = PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(key.publicKey())));
    private ModelRegistry signing;

    @BeforeEach
    void fiveVersionsOfWhichTheLastIsTheChampion() throws IOException {
        signing = ModelRegistry.open(settings(), key);
        for (int version = 1; version <= 5; version++) {
            publishSigned("student " + version, key);
        }
        point(4);
        point(5);
    }

    @AfterEach
    void closeSigning() {
        signing.close();
    }

    private void point(long version) {
        signing.aliases().point(MODEL, "champion", version, "ann", "5 sees ghosts");
    }

    @Test
    void givenTheChampionInUse_whenItIsTakenBack_thenTheVehicleGoesBackWithoutAnOption() {
        puller(policy).pull();
        point(4);

        PulledStudent student = puller(policy).pull();

        assertThat(student.version()).isEqualTo(4);
        assertThat(directory.resolve("vehicle/current/student.pt")).hasContent("student 4");
    }

    @Test
    void givenAVehicleThatMissedTheRollback_whenTheChampionIsForwardAgainButStillOlder_thenItFollows() {
        puller(policy).pull();
        point(3);
        point(4);

        PulledStudent student = puller(policy).pull();

        assertThat(student.version()).isEqualTo(4);
    }

    @Test
    void givenARollback_whenTheOldRecordIsReplayed_thenItIsRefusedByItsNumberAndTheSentenceSaysWhatToDo()
            throws IOException {
        point(4);
        puller(policy).pull();
        Files.delete(record(3)); // 4 → 5 is in force again

        assertThatThrownBy(() -> puller(policy.withDowngrade(true)).pull())
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.REPLAYED_ALIAS))
                .hasMessage(
                        "The alias champion of street points at version 5 by record 2, but this vehicle has seen record"
                                + " 3: it was replayed or deleted, and is refused; if the registry was restored on purpose, remove "
                                + directory.resolve("vehicle/aliases.json") + ".");

        assertThat(directory.resolve("vehicle/current/student.pt")).hasContent("student 4");
        Files.delete(directory.resolve("vehicle/aliases.json"));
        assertThat(puller(policy).pull().version()).isEqualTo(5);
    }

    @Test
    void givenAnotherSignedRecordOfTheSameNumber_whenPulled_thenItIsRefused() throws IOException {
        puller(policy).pull();
        Files.delete(record(2));
        point(3);

        assertThatThrownBy(() -> puller(policy).pull())
                .isInstanceOf(RefusedStudentException.class)
                .hasMessageContaining("by another record 2 than the one that this vehicle has seen");
    }

    @Test
    void givenAnAliasThatWasNeverAtTheNewerVersion_whenPulled_thenItIsADowngradeAndTheSentenceNamesBothWays() {
        signing.aliases().point(MODEL, "canary", 3, "ann", "");
        puller(policy).pull();

        assertThatThrownBy(() -> puller(policy).pull("canary"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.DOWNGRADE))
                .hasMessage("street version 3 is older than version 5 in use and is refused; take the alias back with"
                        + " \"models rollback\", or allow a downgrade (--allow-downgrade) to take it.");
    }

    @Test
    void givenARollbackThatNobodySigned_whenPulled_thenItIsRefused() {
        puller(policy).pull();
        registry.aliases().point(MODEL, "champion", 4, "mallory", "");

        assertThatThrownBy(() -> puller(policy).pull())
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.NOT_TRUSTED))
                .hasMessageContaining("is not signed");
    }

    @Test
    void givenAVehicleWithoutATrustFile_whenTheChampionIsTakenBack_thenItFollows() {
        puller(PullPolicy.DEFAULT).pull();
        point(4);

        PulledStudent student = puller(PullPolicy.DEFAULT).pull();

        assertThat(student.version()).isEqualTo(4);
    }

    @Test
    void givenADamagedFileOfSeenAliases_whenPulled_thenTheSentenceSaysWhatToDoAndTheOldOneStays() throws IOException {
        point(4);
        puller(policy).pull();
        point(3);
        byte[] good = Files.readAllBytes(directory.resolve("vehicle/aliases.json"));
        Random random = new Random(11);

        for (int i = 0; i < 150; i++) {
            byte[] damaged = good.clone();
            damaged[random.nextInt(good.length)] = (byte) random.nextInt(256);
            if (i % 3 == 0) {
                damaged = java.util.Arrays.copyOf(damaged, random.nextInt(good.length + 10));
            }
            Files.write(directory.resolve("vehicle/aliases.json"), damaged);
            assertThatOnlyASentenceIsThrown();
        }
    }

    private void assertThatOnlyASentenceIsThrown() {
        SeenAliases seen = new SeenAliases(directory.resolve("vehicle"));
        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(
                () -> seen.accept(registry.reader().pointer(MODEL, "champion").orElseThrow()));
        if (failure != null) {
            assertThat(failure).isInstanceOfAny(UsageException.class, RefusedStudentException.class);
            assertThat(failure.getMessage())
                    .contains("aliases.json")
                    .endsWith(".")
                    .doesNotContain("\n");
        }
    }

    private Path record(long number) {
        LogKeys keys = BucketLayout.alias(MODEL, "champion");
        return directory.resolve("store/reflux").resolve(keys.of(number));
    }
}
