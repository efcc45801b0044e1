package dev.reflux.trainer.publish;

import dev.reflux.registry.gate.Decision;
import dev.reflux.registry.gate.PromotionGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the promotion gate decide, and logs its decisions. One thread at a time.
 *
 * @param model the name of the model, for log messages
 * @param gate decides which versions become canary and champion
 */
public record GateStep(String model, PromotionGate gate) implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(GateStep.class);

    @Override
    public void run() {
        for (Decision decision : gate.step()) {
            LOG.info("The promotion gate of {}: version {} {}.", model, decision.version(), decision.sentence());
        }
    }
}
