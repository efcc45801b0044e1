package dev.reflux.trainer.update;

import java.util.random.RandomGenerator;

/**
 * SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Its whole state is one number, which a checkpoint holds. One owner thread.
 */
public final class CheckpointedRandom implements RandomGenerator {

    private long state;

    public CheckpointedRandom(long seed) {
        this.state = seed;
    }

    @Override
    public long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    public long state() {
        return state;
    }

    public void restore(long saved) {
        state = saved;
    }
}
