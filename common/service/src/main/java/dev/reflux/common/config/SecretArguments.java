package dev.reflux.common.config;

import dev.reflux.common.failure.UsageException;
import java.util.Collection;
import java.util.regex.Pattern;

/** Keeps secrets out of command lines, which every user of a machine can list. Stateless; any thread. */
public final class SecretArguments {

    /** Of settings, and of properties of Kafka's clients, whose names stand in quotation marks within a setting. */
    private static final Pattern SECRET =
            Pattern.compile(".*(?:secret-key|password|token|jaas\\.config|keystore\\.key)\"?");

    private SecretArguments() {}

    /**
     * Refuses a secret that is an argument.
     *
     * @param names the names of the arguments
     * @param remedy where the secret belongs, as the end of a sentence that begins with "give it"
     * @throws UsageException when one of them names a secret; the sentence does not have its value
     */
    public static void refuse(Collection<String> names, String remedy) {
        names.stream()
                .filter(name -> SECRET.matcher(name).matches())
                .sorted()
                .findFirst()
                .ifPresent(secret -> {
                    throw new UsageException("Everyone on this machine can read " + secret
                            + " in the command line; give it " + remedy + ".");
                });
    }
}
