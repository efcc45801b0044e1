package dev.reflux.trainer;

import dev.reflux.common.config.Description;
import dev.reflux.common.config.Range;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/** Settings of how the student learns: {@code trainer.learning}. Immutable and thread-safe. */
public interface LearningConfig {

    @Description("New frames in a batch.")
    @WithDefault("4")
    @Range(min = 1)
    int newFrames();

    @Description("Replayed frames in a batch.")
    @WithDefault("4")
    @Range(min = 0)
    int replayedFrames();

    @Description("Optimizer steps for each batch of new frames.")
    @WithDefault("4")
    @Range(min = 1)
    int updates();

    @Description(
            "Least mIoU on a batch's new frames, as a fraction, at which the batch gets no further step (JITNet, Mullapudi et al. 2019). 1 always takes all steps.")
    @WithDefault("1")
    @Range(min = 0, aboveMin = true, max = 1)
    double goodEnough();

    @Description(
            "Whether labels of a camera that disagree with teacher and student far more than the others' do are set aside: its frames are trained on without them. If not, such a camera is only named in the log and counted by a meter.")
    @WithDefault("false")
    boolean distrust();

    @Description("Longest wait of new frames for a batch to fill.")
    @WithDefault("PT5S")
    @Range(min = 0)
    Duration linger();

    @Description("Most samples in the replay buffer. It holds fewer if they would take more than 40 % of the heap.")
    @WithDefault("250")
    @Range(min = 0)
    int replayCapacity();

    @Description(
            "Replay policy: reservoir (a uniform sample of the stream), balanced (an equal share for every domain), fifo (the newest samples), or one that a jar on the class path adds.")
    @WithDefault("reservoir")
    String replay();

    @Description("Options of the replay policy by name. The built-in policies have none.")
    Map<String, String> replayOptions();

    @Description("Fraction of the blocks of ten seconds of a camera that are held out of training.")
    @WithDefault("0.1")
    @Range(min = 0, max = 1, belowMax = true)
    double holdoutFraction();

    @Description(
            "Most held-out frames that are kept for scoring. Fewer are kept if they would take more than 10 % of the heap.")
    @WithDefault("48")
    @Range(min = 0)
    int holdoutCapacity();

    @Description(
            "Most recent identities that are kept to drop duplicates and to know late labels. A labeled frame has two, one without a label has one.")
    @WithDefault("100000")
    @Range(min = 1)
    int duplicateWindow();

    @Description(
            value =
                    "Frames at the start that train without the distillation terms of the loss: labels teach, and where there is none, the teacher's most likely class.",
            unset = "0 if the student's card says what its weights were trained on, 80 otherwise")
    @Range(min = 0)
    OptionalLong warmUpFrames();

    @Description("Learning rate of the optimizer.")
    @WithDefault("0.002")
    @Range(min = 0, aboveMin = true)
    double learningRate();

    @Description("Steps over which the learning rate rises to its value.")
    @WithDefault("20")
    @Range(min = 0)
    long learningRateWarmUp();

    @Description("Weight decay of the optimizer.")
    @WithDefault("0.01")
    @Range(min = 0)
    double weightDecay();

    @Description("Global norm to which gradients are clipped.")
    @WithDefault("5")
    @Range(min = 0, aboveMin = true)
    double clipNorm();

    @Description("Decay per step of the averaged weights. 0.95 averages over about 20 steps.")
    @WithDefault("0.95")
    @Range(min = 0, max = 1, belowMax = true)
    double emaDecay();

    @Description("Strength of photometric augmentation.")
    @WithDefault("0.25")
    @Range(min = 0, max = 1)
    float photometric();

    @Description("Whether half of the samples are mirrored, with their labels and teacher tensors.")
    @WithDefault("true")
    boolean flip();

    @Description("Fading factor per frame of the prequential score. 0.98 averages over about 50 frames.")
    @WithDefault("0.98")
    @Range(min = 0, aboveMin = true, max = 1)
    double prequentialFading();

    @Description(
            "Weight of the consistency term of DER++ (Buzzega et al. 2020) between a replayed frame's present logits and those stored with it. The paper uses 0.1 to 0.5; 0 turns it off.")
    @WithDefault("0")
    @Range(min = 0)
    double consistency();

    @Description(
            "Exponent b of the class weights f^-b in CE and L_kd, where f is the frequency of a class in the stream. 0 weighs pixels alike, 1 weighs classes alike.")
    @WithDefault("0.5")
    @Range(min = 0, max = 1)
    double classBalance();
}
