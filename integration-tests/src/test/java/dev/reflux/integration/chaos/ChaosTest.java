package dev.reflux.integration.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.audit.AuditReport;
import dev.reflux.audit.FrameFate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults on the real processes of the path, drawn from a seed, and an audit after each seed. docs/chaos.md says how to run
 * the long form, and what the driver does not cover.
 */
@Tag("chaos")
class ChaosTest {

    /**
     * Seeds that found something stay here: an audit that asked after a version published meanwhile (1004), and a teacher that
     * ended when a broker broke off its poll (1013).
     */
    private static final List<Long> SEEDS = List.of(1004L, 1013L);

    private static final Path REPORT = Path.of("target", "chaos-report.txt");
    private static final int FAULTS_A_SEED = 10;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path folder;

    @Test
    @DisabledIfSystemProperty(named = "reflux.chaos.faults", matches = "\\d+", disabledReason = "the long form runs")
    @Timeout(1800)
    void givenTheKnownSeeds_whenTheirFaultsHappen_thenNothingIsLostAndNothingIsTwice() throws Exception {
        List<String> told = new ArrayList<>();

        for (long seed : SEEDS) {
            suffer(seed, FAULTS_A_SEED, told);
        }

        assertThat(told).hasSize(SEEDS.size() * (FAULTS_A_SEED + 1));
    }

    @Test
    @EnabledIfSystemProperty(named = "reflux.chaos.faults", matches = "\\d+")
    void givenAsManyFaultsAsAskedFor_whenTheyHappen_thenNothingIsLostAndNothingIsTwice() throws Exception {
        int faults = Integer.getInteger("reflux.chaos.faults");
        long seed = Long.getLong("reflux.chaos.seed", 1000);
        List<Throwable> found = new ArrayList<>();

        for (int done = 0; done < faults; done += FAULTS_A_SEED) {
            try {
                suffer(seed++, Math.min(FAULTS_A_SEED, faults - done), new ArrayList<>());
            } catch (AssertionError | ConditionTimeoutException e) {
                // The other seeds may find something else.
                Files.writeString(REPORT, e + System.lineSeparator(), StandardOpenOption.APPEND);
                found.add(e);
            }
        }

        assertThat(found).isEmpty();
    }

    private void suffer(long seed, int faults, List<String> told) throws IOException {
        Files.createDirectories(REPORT.toAbsolutePath().getParent());
        Random drawn = new Random(seed);
        try (PrintWriter out = new PrintWriter(
                        Files.newBufferedWriter(REPORT, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
                ChaosWorld world =
                        new ChaosWorld(Files.createDirectories(folder.resolve("seed-" + seed)), seed, Map.of())) {
            for (int i = 0; i < faults; i++) {
                Fault fault = Fault.values()[drawn.nextInt(Fault.values().length)];
                told.add("seed " + seed + ": " + world.suffer(fault));
                out.println(told.get(told.size() - 1));
                out.flush();
            }
            AuditReport audit = world.settle();
            told.add("seed " + seed + ": audit " + audit.counts() + ", " + audit.lost() + " lost, " + audit.twice()
                    + " twice, faults " + audit.faults() + ", starts " + world.starts());
            out.println(told.get(told.size() - 1));
            audit.sentences().values().forEach(out::println);
            out.flush();
            world.requireSound(audit, String.join("\n", told));
            assertThat(audit.counts()).containsKey(FrameFate.TRAINED);
        }
    }
}
