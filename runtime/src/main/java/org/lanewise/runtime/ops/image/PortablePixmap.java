package org.lanewise.runtime.ops.image;

import org.jspecify.annotations.Nullable;

/** Decodes the portable formats PBM, PGM and PPM, as text (P1, P2, P3) or bytes (P4, P5, P6): {@code P6 width height maximum} and the samples. */
final class PortablePixmap {
    private final byte[] file;
    private int at;

    PortablePixmap(byte[] file) {
        this.file = file;
    }

    /** The image, or {@code null} when the file is damaged. */
    @Nullable
    Pixels decode() {
        int kind = file[1] - '0';
        boolean bits = kind == 1 || kind == 4;
        boolean text = kind <= 3;
        int channels = kind == 3 || kind == 6 ? 3 : 1;
        at = 2;
        int width = number();
        int height = number();
        int max = bits ? 1 : number();
        at++; // the one white space before bytes
        if (!Pixels.fits(width, height) || max < 1 || max > 65535) {
            return null;
        }
        int bytes = max > 255 ? 2 : 1;
        long needed = bits ? (width + 7L) / 8 * height : (long) width * height * channels * (text ? 1 : bytes);
        if (file.length - (long) at < (bits && text ? (long) width * height : needed)) {
            return null;
        }
        int[] rgb = new int[width * height];
        int start = at;
        for (int i = 0; i < rgb.length; i++) {
            int pixel = 0;
            for (int c = 0; c < channels; c++) {
                int sample = text ? bits ? bit() : number() : bits ? packed(start, i, width) : raw(bytes);
                if (sample < 0 || sample > max) {
                    return null;
                }
                int value = bits ? 255 * (1 - sample) : (sample * 255 * 2 + max) / (2 * max);
                pixel = pixel << 8 | value;
            }
            rgb[i] = channels == 1 ? pixel * 0x010101 : pixel;
        }
        return new Pixels(width, height, rgb);
    }

    private int raw(int bytes) {
        int value = file[at++] & 255;
        return bytes == 2 ? value << 8 | file[at++] & 255 : value;
    }

    private int packed(int start, int i, int width) {
        int x = i % width;
        return file[start + i / width * ((width + 7) / 8) + x / 8] >> 7 - x % 8 & 1;
    }

    private int bit() {
        skip();
        return at < file.length ? file[at++] - '0' : -1;
    }

    /** The next number, or -1. */
    private int number() {
        skip();
        int value = -1;
        while (at < file.length && file[at] >= '0' && file[at] <= '9' && value < 1 << 27) {
            value = Math.max(value, 0) * 10 + file[at++] - '0';
        }
        return value;
    }

    private void skip() {
        boolean comment = false;
        while (at < file.length && (comment || file[at] == '#' || file[at] <= ' ' && file[at] >= 0)) {
            comment = comment ? file[at] != 10 && file[at] != 13 : file[at] == '#';
            at++;
        }
    }
}
