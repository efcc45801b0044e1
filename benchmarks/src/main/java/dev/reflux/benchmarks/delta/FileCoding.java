package dev.reflux.benchmarks.delta;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;

/** A way to send a file to somebody who has the one before it. */
enum FileCoding {
    /** The file alone. */
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

    /** Copies from the old file and what is new, as xdelta does: zstd --patch-from. */
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
     * The differences of bytes at the same place, compressed: what bsdiff (Percival, 2003) comes to for two files of one
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
