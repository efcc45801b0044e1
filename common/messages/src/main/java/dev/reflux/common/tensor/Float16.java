package dev.reflux.common.tensor;

/**
 * Converts to and from IEEE 754 half precision, round to nearest even, as {@code Float.floatToFloat16} does from JDK 20
 * on. Stateless; any thread.
 */
public final class Float16 {

    private static final int MAX_FINITE_BITS = 0x477FE000;
    private static final int ROUNDS_TO_INFINITY_BITS = 0x477FF000;
    private static final int SMALLEST_NORMAL_BITS = 0x38800000;

    private Float16() {}

    /** Returns half-precision bits. Values past ±65504 become infinite; NaN stays NaN. */
    public static short bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000) {
            return (short) (sign | 0x7E00);
        }
        if (magnitude >= ROUNDS_TO_INFINITY_BITS) {
            return (short) (sign | 0x7C00);
        }
        if (magnitude > MAX_FINITE_BITS) {
            return (short) (sign | 0x7BFF);
        }
        if (magnitude >= SMALLEST_NORMAL_BITS) {
            // Re-bias the exponent by 112; adding 0xFFF and the last kept bit rounds half to even.
            return (short) (sign | (magnitude - 0x38000000 + 0xFFF + (magnitude >>> 13 & 1)) >>> 13);
        }
        // Subnormal: the nearest multiple of 2^-24. The sum below makes the float unit do the rounding.
        float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
        return (short) (sign | Float.floatToRawIntBits(shifted) - 0x3F000000);
    }

    public static float value(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >>> 10 & 0x1F;
        int mantissa = bits & 0x3FF;
        if (exponent == 0x1F) {
            return Float.intBitsToFloat(sign | 0x7F800000 | mantissa << 13);
        }
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | exponent + 112 << 23 | mantissa << 13);
    }
}
