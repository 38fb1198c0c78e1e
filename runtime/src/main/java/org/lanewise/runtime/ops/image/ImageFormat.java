package org.lanewise.runtime.ops.image;

/** Formats of image files, told by their first bytes. */
enum ImageFormat {
    JPEG,
    PNG,
    BMP,
    TIFF,
    GIF,
    PNM,
    WEBP,
    JPEG2000,
    UNKNOWN;

    static ImageFormat of(byte[] file) {
        if (starts(file, 0, 0xff, 0xd8, 0xff)) {
            return JPEG;
        } else if (starts(file, 0, 0x89, 'P', 'N', 'G')) {
            return PNG;
        } else if (starts(file, 0, 'B', 'M')) {
            return BMP;
        } else if (starts(file, 0, 'I', 'I', 42, 0) || starts(file, 0, 'M', 'M', 0, 42)) {
            return TIFF;
        } else if (starts(file, 0, 'G', 'I', 'F', '8')) {
            return GIF;
        } else if (starts(file, 0, 'R', 'I', 'F', 'F') && starts(file, 8, 'W', 'E', 'B', 'P')) {
            return WEBP;
        } else if (starts(file, 4, 'j', 'P', ' ', ' ') || starts(file, 0, 0xff, 0x4f, 0xff, 0x51)) {
            return JPEG2000;
        }
        return file.length > 2 && file[0] == 'P' && file[1] >= '1' && file[1] <= '6' ? PNM : UNKNOWN;
    }

    private static boolean starts(byte[] file, int at, int... bytes) {
        boolean same = file.length >= at + bytes.length;
        for (int i = 0; same && i < bytes.length; i++) {
            same = (file[at + i] & 255) == bytes[i];
        }
        return same;
    }
}
