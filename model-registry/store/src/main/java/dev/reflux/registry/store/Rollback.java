package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes versions back: points aliases at the version before. The new records say that they go backwards on purpose, which is
 * what lets vehicles follow. Blocks on the network. Thread-safe.
 */
public final class Rollback {

    /** The largest number of changes of an alias among which the version before is searched for. */
    private static final int RECENT = 32;

    private final RegistryCatalog catalog;
    private final Aliases aliases;

    Rollback(RegistryCatalog catalog, Aliases aliases) {
        this.catalog = catalog;
        this.aliases = aliases;
    }

    /**
     * An alias that was pointed back.
     *
     * @param alias the name of the alias
     * @param from the version that was taken back
     * @param to the version that the alias points at now
     */
    public record Moved(String alias, long from, long to) {}

    /**
     * Takes the version of the fleet back: the champion's, or the newest where there is no champion. Every alias that points
     * at it goes back with it, and so does the canary, whose version was trained from the one that is taken back.
     *
     * @param to the version to point at; 0: the one that the fleet had before
     * @return what was moved; the leading alias last, so that a rollback which was interrupted can be repeated
     * @throws UsageException when there is no version to return to
     */
    public List<Moved> fleet(String model, long to, String by, String reason) {
        Map<String, Long> now = catalog.aliases(model);
        String leader = now.containsKey(AliasNames.CHAMPION) ? AliasNames.CHAMPION : AliasNames.LATEST;
        long back = now.getOrDefault(leader, 0L);
        long target = target(model, leader, to);
        List<Moved> moved = new ArrayList<>();
        now.forEach((alias, version) -> {
            boolean canary = alias.equals(AliasNames.CANARY) && leader.equals(AliasNames.CHAMPION);
            if ((version == back || canary) && version != target && !alias.equals(leader)) {
                moved.add(new Moved(alias, version, target));
            }
        });
        moved.add(new Moved(leader, back, target));
        moved.forEach(move -> aliases.point(model, move.alias(), target, by, reason));
        return moved;
    }

    /**
     * Points one alias back.
     *
     * @param to the version to point at; 0: the one that the alias had before
     * @throws UsageException when there is no such alias, or no version to return to
     */
    public Moved alias(String model, String alias, long to, String by, String reason) {
        long back = catalog.require(model, alias).version();
        long target = target(model, alias, to);
        aliases.point(model, alias, target, by, reason);
        return new Moved(alias, back, target);
    }

    private long target(String model, String alias, long to) {
        if (to > 0) {
            return to;
        }
        StudentVersion now = catalog.require(model, alias);
        List<AliasChange> changes = catalog.recentHistory(model, alias, RECENT);
        List<Long> before = Standing.of(changes).before();
        for (int i = before.size() - 1; i >= 0; i--) {
            if (catalog.has(model, before.get(i))) {
                return before.get(i);
            }
        }
        if (now.lineage().parentVersion() < 1) {
            throw new UsageException("The alias " + alias + " of " + model + " has been at no version before "
                    + now.version() + ", which has no parent; name the version to return to.");
        }
        return now.lineage().parentVersion();
    }
}
