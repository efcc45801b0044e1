package dev.reflux.common.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The TIFF data of an EXIF segment. */
final class ExifTiff {

    private ExifTiff() {}

    /** Returns TIFF data whose first directory has an orientation behind another entry. */
    static byte[] of(int orientation, ByteOrder order) {
        ByteBuffer tiff = ByteBuffer.allocate(38).order(order);
        tiff.put(order == ByteOrder.BIG_ENDIAN ? new byte[] {'M', 'M'} : new byte[] {'I', 'I'});
        tiff.putShort((short) 42).putInt(8).putShort((short) 2);
        tiff.putShort((short) 0x010F).putShort((short) 2).putInt(1).putInt(0);
        tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return tiff.array();
    }
}
