package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.Topics;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.trainer.checkpoint.TrainerCheckpoint;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a trainer begins: from a checkpoint of its own line on the topic that it was reading, or from nothing, if the line
 * is new or is to begin anew. Everything else is refused, because it would skip samples or repeat them.
 *
 * @param settings what is trained
 * @param last the checkpoint; empty if the folder has none
 */
record LineOrigin(TrainerSettings settings, Optional<TrainerCheckpoint> last) {

    private static final Logger LOG = LoggerFactory.getLogger(LineOrigin.class);

    static LineOrigin of(TrainerSettings settings, Optional<TrainerCheckpoint> last) {
        return new LineOrigin(settings, last);
    }

    /**
     * Returns the checkpoint to go on from.
     *
     * @param topicId the id of the topic that there is now
     * @throws UsageException if it is of another line, or of another topic that the configuration does not name
     */
    TrainerCheckpoint checkpoint(String topicId) {
        TrainerCheckpoint checkpoint = last.orElseThrow();
        requireSameLine(checkpoint.state());
        String known = checkpoint.state().topicId();
        if (known == null || known.equals(topicId)) {
            return checkpoint;
        }
        if (settings.config().checkpoint().newTopic().filter(topicId::equals).isEmpty()) {
            throw new UsageException("Topic " + Topics.DISTILLATION_SAMPLES + " was deleted and made anew since the"
                    + " checkpoint in " + settings.checkpoints() + ", whose offsets mean nothing in it; set"
                    + " trainer.checkpoint.new-topic=" + topicId + " to read the new one from its beginning.");
        }
        LOG.warn(
                "Topic {} was made anew: model {} goes on from its beginning, with empty replay and holdout buffers",
                Topics.DISTILLATION_SAMPLES,
                settings.model());
        return new TrainerCheckpoint(checkpoint.state().onNewTopic(topicId), checkpoint.tensors());
    }

    private void requireSameLine(TrainerState state) {
        if (!state.model().equals(settings.model())) {
            throw new UsageException("The checkpoint in " + settings.checkpoints() + " is of model " + state.model()
                    + ", not of " + settings.model() + "; use another folder.");
        }
        if (!state.labelSchemaId().equals(settings.schema().id())) {
            throw new UsageException("The checkpoint in " + settings.checkpoints() + " is of label schema "
                    + state.labelSchemaId() + ", not of " + settings.schema().id() + "; use another folder.");
        }
    }

    /**
     * Checks that a trainer without a checkpoint begins a line that does not exist.
     *
     * @return true
     * @throws UsageException if the registry or Kafka knows the line, and it is not to begin anew
     */
    boolean requireContinued(ModelRegistry registry, SampleTopic topic) {
        if (last.isPresent() || settings.config().checkpoint().beginAnew()) {
            return true;
        }
        long version = registry.reader().versions(settings.model()).highest();
        if (version > 0) {
            throw lost("the registry has version " + version + " of model " + settings.model());
        }
        String group = settings.config().kafka().group();
        if (topic.hasOffsetsOf(group)) {
            throw lost("consumer group " + group + " has read topic " + Topics.DISTILLATION_SAMPLES + " already");
        }
        return true;
    }

    private UsageException lost(String evidence) {
        return new UsageException("There is no checkpoint in " + settings.checkpoints() + ", but " + evidence
                + "; restore the folder, or start with --begin-anew (trainer.checkpoint.begin-anew) to train a new"
                + " student on all samples again.");
    }
}
