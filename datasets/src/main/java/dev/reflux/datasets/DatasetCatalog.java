package dev.reflux.datasets;

import dev.reflux.common.failure.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Opens data sets by their names on a command line, through the {@link DatasetProvider}s of the class path. Any thread. */
public final class DatasetCatalog {

    /** Forms of the built-in data sets, for help texts. */
    public static final String FORMS =
            "synthetic[:SEED[,FRAMES]], camvid:PATH, cityscapes:PATH or folder:PATH (images/, labels/, classes.json)";

    private DatasetCatalog() {}

    /** Calls {@link #open(String, SurveyListener)} for a caller that has nobody to tell. */
    public static Dataset open(String spec) {
        return open(spec, SurveyListener.SILENT);
    }

    /**
     * Opens a data set and looks through its files once.
     *
     * @param spec prefix of a provider, or prefix, colon and argument
     * @param listener sees what is odd
     * @throws UsageException in one sentence, when there is no such data set or it cannot be used
     */
    public static Dataset open(String spec, SurveyListener listener) {
        int colon = spec.indexOf(':');
        String prefix = colon < 0 ? spec : spec.substring(0, colon);
        String argument = colon < 0 ? "" : spec.substring(colon + 1);
        Dataset dataset = provider(spec, prefix).open(argument);
        for (String split : List.of("train", "test")) {
            requireFrames(dataset, split);
        }
        dataset.survey(listener);
        return dataset;
    }

    private static DatasetProvider provider(String spec, String prefix) {
        List<DatasetProvider> all = providers();
        List<DatasetProvider> found = all.stream()
                .filter(provider -> provider.prefix().equals(prefix))
                .toList();
        if (found.isEmpty()) {
            throw new UsageException("\"" + spec + "\" is no data set; use "
                    + all.stream().map(DatasetProvider::form).collect(Collectors.joining(", ")) + ".");
        }
        if (found.size() > 1) {
            throw new UsageException("The data sets "
                    + found.stream()
                            .map(provider -> provider.getClass().getName())
                            .collect(Collectors.joining(" and ")) + " have the same prefix \"" + prefix
                    + "\"; leave one of their jars out of the class path.");
        }
        return found.get(0);
    }

    private static List<DatasetProvider> providers() {
        List<DatasetProvider> providers = new ArrayList<>();
        try {
            ServiceLoader.load(DatasetProvider.class).forEach(providers::add);
        } catch (ServiceConfigurationError e) {
            throw new UsageException(
                    "A data set provider on the class path cannot be loaded: " + e.getMessage()
                            + "; correct its jar or leave it out.",
                    e);
        }
        return providers;
    }

    private static void requireFrames(Dataset dataset, String split) {
        if (dataset.count(split) == 0) {
            throw new UsageException(
                    "The data set " + dataset.id() + " has no frame in its split \"" + split + "\"; add some.");
        }
    }
}
