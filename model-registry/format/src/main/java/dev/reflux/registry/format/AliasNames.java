package dev.reflux.registry.format;

/** The aliases that the registry moves by itself. */
public final class AliasNames {

    /** Points at the newest published version, until a rollback; the next publication moves it forward again. */
    public static final String LATEST = "latest";

    /** Points at the version that the fleet runs; moved by the promotion gate. */
    public static final String CHAMPION = "champion";

    /** Points at the version that the vehicles of the canary run; moved by the promotion gate. */
    public static final String CANARY = "canary";

    private AliasNames() {}
}
