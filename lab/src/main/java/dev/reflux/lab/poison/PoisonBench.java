package dev.reflux.lab.poison;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningStand;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lets a student learn each poisoned stream twice, with and without the guard. Each finished run is kept, and is not
 * repeated with {@code --resume}.
 */
public final class PoisonBench {

    private final PoisonSettings settings;
    private final LearningListener listener;

    public PoisonBench(PoisonSettings settings, LearningListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** @throws dev.reflux.common.failure.UsageException if data set, teacher or student cannot be used */
    public PoisonFigures run() {
        try (LearningStand stand = LearningStand.open(settings.learning(), listener)) {
            listener.say(stand.summary());
            Set<Poison> poisons = new LinkedHashSet<>(List.of(Poison.NONE));
            poisons.addAll(settings.poisons());
            List<PoisonResult> results = new ArrayList<>();
            long all = 2L * poisons.size() * settings.seeds();
            for (int seed = 1; seed <= settings.seeds(); seed++) {
                for (Poison poison : poisons) {
                    for (boolean guarded : new boolean[] {false, true}) {
                        listener.progressed("runs", results.size(), all, poison.word());
                        results.add(result(stand, poison, guarded, seed));
                    }
                }
            }
            return new PoisonFigures(
                    stand.dataset().id(),
                    stand.view().toString(),
                    settings.learning().methods().get(0).name(),
                    settings.streamed(stand.taught()).size(),
                    settings.from(),
                    stand.tests(),
                    settings.seeds(),
                    results);
        }
    }

    private PoisonResult result(LearningStand stand, Poison poison, boolean guarded, int seed) {
        String name = "poison-" + poison.word() + (guarded ? "-guarded-" : "-") + seed + ".json";
        PoisonResult result = stand.kept(name, new TypeReference<PoisonResult>() {}, () -> new PoisonRun(
                        stand, settings, poison, guarded ? Watch.GUARD : Watch.NOBODY, seed)
                .run());
        listener.say(String.format(
                Locale.ROOT,
                "%s, %s the guard, seed %d: mIoU %.1f, %d frames set aside, the gate %s it.",
                poison.word(),
                guarded ? "with" : "without",
                seed,
                100 * result.miou(),
                result.setAside(),
                result.passes() ? "passes" : "refuses"));
        return result;
    }
}
