package dev.reflux.audit;

import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of each frame of one partition, five bytes an offset, in pages: of ten million frames 50 MB. An offset that
 * nobody names costs nothing.
 */
final class FrameLedger {

    private static final int PAGE_BITS = 14;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final byte FATE = 0x0F;
    private static final byte IN_LOG = 0x10;
    private static final byte TAUGHT = 0x20;
    private static final byte REFUSED = 0x40;

    private static final class Page {

        private final byte[] state = new byte[PAGE];
        /** The version that has the frame, or the number of the reason. */
        private final int[] detail = new int[PAGE];
        /** The time at which the broker took the first record of the page that the log has. */
        private long earliest = Long.MIN_VALUE;
    }

    private final Map<Long, Page> pages = new TreeMap<>();
    private long end;

    private Page page(long offset) {
        end = Math.max(end, offset + 1);
        return pages.computeIfAbsent(offset >> PAGE_BITS, key -> new Page());
    }

    private static int at(long offset) {
        return (int) (offset & PAGE - 1);
    }

    private int state(long offset) {
        Page page = pages.get(offset >> PAGE_BITS);
        return page == null ? 0 : page.state[at(offset)];
    }

    private boolean mark(long offset, byte bit) {
        Page page = page(offset);
        boolean before = (page.state[at(offset)] & bit) != 0;
        page.state[at(offset)] |= bit;
        return before;
    }

    /** Returns the offset after the last one that anybody names. */
    long end() {
        return end;
    }

    void inLog(long offset) {
        mark(offset, IN_LOG);
    }

    /** @param takenAt the time at which the broker took the record */
    void inLog(long offset, long takenAt) {
        mark(offset, IN_LOG);
        Page page = page(offset);
        if (page.earliest == Long.MIN_VALUE) {
            page.earliest = takenAt;
        }
    }

    /** Returns whether something that happened to an offset did so before the log took its records there. */
    boolean isEarlier(long offset, long happenedAt) {
        Page page = pages.get(offset >> PAGE_BITS);
        return page != null && happenedAt < page.earliest;
    }

    boolean isInLog(long offset) {
        return (state(offset) & IN_LOG) != 0;
    }

    /** Returns whether it was taught before. */
    boolean taught(long offset) {
        return mark(offset, TAUGHT);
    }

    boolean isTaught(long offset) {
        return (state(offset) & TAUGHT) != 0;
    }

    /** Returns whether it was refused by a teacher before. */
    boolean refused(long offset) {
        return mark(offset, REFUSED);
    }

    boolean isRefused(long offset) {
        return (state(offset) & REFUSED) != 0;
    }

    FrameFate fate(long offset) {
        return FrameFate.values()[state(offset) & FATE];
    }

    int detail(long offset) {
        Page page = pages.get(offset >> PAGE_BITS);
        return page == null ? 0 : page.detail[at(offset)];
    }

    void fate(long offset, FrameFate fate, int detail) {
        Page page = page(offset);
        int index = at(offset);
        page.state[index] = (byte) (page.state[index] & ~FATE | fate.ordinal());
        page.detail[index] = detail;
    }

    /** Returns the bytes that the pages occupy. */
    long bytes() {
        return pages.values().stream()
                .mapToLong(page -> page.state.length + 4L * page.detail.length)
                .sum();
    }
}
