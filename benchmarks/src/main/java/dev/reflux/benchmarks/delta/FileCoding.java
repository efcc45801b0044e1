package dev.reflux.benchmarks.delta;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;

/** A coding of a file for a receiver that has the previous file. */
enum FileCoding {
    /** Compresses the file without the previous one. */
    ZSTD("zstd -19") {
        @Override
        byte[] encode(byte[] old, byte[] now) {
            return Zstd.compress(now, LEVEL);
        }

        @Override
        byte[] decode(byte[] old, byte[] packed, int length) {
            return Zstd.decompress(packed, length);
        }
    },

    /** Codes copies from the old file and new bytes, as xdelta does: zstd --patch-from. */
    PATCH("zstd --patch-from") {
        @Override
        byte[] encode(byte[] old, byte[] now) {
            try (ZstdCompressCtx context = new ZstdCompressCtx()) {
                context.setLevel(LEVEL).setLong(WINDOW).loadDict(old);
                return context.compress(now);
            }
        }

        @Override
        byte[] decode(byte[] old, byte[] packed, int length) {
            try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
                return context.loadDict(old).decompress(packed, length);
            }
        }
    },

    /**
     * Compresses the byte differences at equal positions: the result of bsdiff (Percival, 2003) for two files of one
     * layout, where the alignment that it searches for is given. A byte behind the old file's end stands for itself.
     */
    BSDIFF("bsdiff-like") {
        @Override
        byte[] encode(byte[] old, byte[] now) {
            byte[] differences = now.clone();
            for (int i = 0; i < Math.min(old.length, now.length); i++) {
                differences[i] -= old[i];
            }
            return Zstd.compress(differences, LEVEL);
        }

        @Override
        byte[] decode(byte[] old, byte[] packed, int length) {
            byte[] now = Zstd.decompress(packed, length);
            for (int i = 0; i < Math.min(old.length, length); i++) {
                now[i] += old[i];
            }
            return now;
        }
    };

    private static final int LEVEL = 19;
    private static final int WINDOW = 27;

    private final String title;

    FileCoding(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    abstract byte[] encode(byte[] old, byte[] now);

    abstract byte[] decode(byte[] old, byte[] packed, int length);
}
