package dev.reflux.fuzz;

/** What Jazzer calls; fuzz/run names the decoder. */
public final class FuzzTarget {

    private static final Decoder DECODER = Decoder.valueOf(System.getProperty("reflux.fuzz.decoder"));

    private FuzzTarget() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        DECODER.refusal(bytes);
    }
}
