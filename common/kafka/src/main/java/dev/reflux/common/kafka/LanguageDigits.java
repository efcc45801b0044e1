package dev.reflux.common.kafka;

import dev.reflux.common.failure.UsageException;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.SaslConfigs;

/** Kafka's SCRAM writes numbers in the digits of the default language, and brokers then refuse the right password. */
final class LanguageDigits {

    private LanguageDigits() {}

    /** @throws UsageException when a client with this configuration would be refused because of the language */
    static void require(Map<String, Object> config) {
        Locale language = Locale.getDefault(Locale.Category.FORMAT);
        boolean own = !String.format(language, "%d", 1).equals("1");
        if (own && String.valueOf(config.get(SaslConfigs.SASL_MECHANISM)).startsWith("SCRAM")) {
            throw new UsageException("Kafka's SCRAM does not work with the digits of the language " + language
                    + "; begin the program with Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT).");
        }
    }
}
