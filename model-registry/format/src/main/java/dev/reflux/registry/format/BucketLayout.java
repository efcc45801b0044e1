package dev.reflux.registry.format;

/**
 * Where the objects of a model line lie in the bucket, under the name of the model:
 *
 * <pre>
 * blobs/SHA256-ATTEMPT                bytes, named by their hash and by the attempt to publish them
 * versions/00000042/manifest.json     a version; the creation of this object is the commit
 * aliases/latest/00000007.json        the version that an alias points at; the highest number is in force
 * deltas/00000042/00000041.json       the delta that makes version 42 from version 41
 * tags/00000042/00000002.json         the tags of a version; the highest number is in force
 * decisions/00000009.json             a decision of the promotion gate, with its figures
 * reports/00000042/HASH-bad.json      what the holder of a token reported of a version, once for each verdict
 * removed/00000041.json               the manifest of a version that a reaper removed
 * writers/00000003.json               a writer; the one with the highest epoch may publish
 * </pre>
 */
public final class BucketLayout {

    private static final String JSON = ".json";

    private BucketLayout() {}

    /** Returns the keys of the manifests of a model line. */
    public static LogKeys versions(String model) {
        return new LogKeys(model + "/versions/", "/manifest.json");
    }

    /** Returns the keys of the manifests of removed versions. */
    public static LogKeys removed(String model) {
        return new LogKeys(model + "/removed/", JSON);
    }

    /** Returns the keys of the writers of a model line. */
    public static LogKeys writers(String model) {
        return new LogKeys(model + "/writers/", JSON);
    }

    /** Returns the prefix of all aliases of a model line. */
    public static String aliases(String model) {
        return model + "/aliases/";
    }

    /** Returns the keys of the changes of an alias. */
    public static LogKeys alias(String model, String alias) {
        return new LogKeys(aliases(model) + alias + "/", JSON);
    }

    /** Returns the keys of the tags of a version. */
    public static LogKeys tags(String model, long version) {
        return new LogKeys(model + "/tags/" + LogKeys.padded(version) + "/", JSON);
    }

    /** Returns the keys of the entries of a journal. */
    public static LogKeys journal(String model, String name) {
        return new LogKeys(model + "/" + name + "/", JSON);
    }

    /** Returns the prefix of the artifacts and deltas of a model line. */
    public static String blobs(String model) {
        return model + "/blobs/";
    }

    /** Returns the prefix of all records of deltas of a model line. */
    public static String deltas(String model) {
        return model + "/deltas/";
    }

    /** Returns the prefix of the records of the deltas that yield a version. */
    public static String deltas(String model, long to) {
        return deltas(model) + LogKeys.padded(to) + "/";
    }

    /** Returns the key of the record of a delta. */
    public static String delta(String model, long from, long to) {
        return deltas(model, to) + LogKeys.padded(from) + JSON;
    }

    /** Returns the prefix of what vehicles reported of a version. */
    public static String reports(String model, long version) {
        return model + "/reports/" + LogKeys.padded(version) + "/";
    }
}
