package org.lanewise.runtime.ops.image;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Decodes an image file, a vector of bytes, to pixels (H, W, C) of {@code UINT8}: C is 3, or 1 for {@code Grayscale}. What cannot be decoded gives an empty image, as ONNX demands; WebP and JPEG 2000, which the
 * JDK has no decoders for, are refused. Transparency is dropped. ONNX {@code ImageDecoder}-20.
 *
 * @param format order of the channels
 */
public record ImageDecoder(PixelFormat format) implements Operator {
    /** Orders of the channels. */
    public enum PixelFormat {
        /** Red, green, blue. */
        RGB,
        /** Blue, green, red. */
        BGR,
        /** {@code 0.299 R + 0.587 G + 0.114 B}. */
        GRAYSCALE
    }

    private static final Set<DataType> BYTES = Set.of(DataType.UINT8);

    /** From a node. */
    public static ImageDecoder create(NodeSpec spec) {
        spec.inputs(1, 1);
        if (ModuleLayer.boot().findModule("java.desktop").isEmpty()) {
            throw spec.refuse(
                    "decodes images with the JDK's module java.desktop, which this Java runtime does not have");
        }
        String name = spec.stringAttribute("pixel_format", "RGB");
        return new ImageDecoder(
                switch (name) {
                    case "RGB" -> PixelFormat.RGB;
                    case "BGR" -> PixelFormat.BGR;
                    case "Grayscale" -> PixelFormat.GRAYSCALE;
                    default -> throw spec.refuse("pixel_format '" + name + "' is not known");
                });
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, BYTES);
        context.output(0, type, PartialShape.of(PartialShape.UNKNOWN, PartialShape.UNKNOWN, channels()));
    }

    @Override
    public void run(OpContext context) {
        ByteTensor in = (ByteTensor) context.input(0);
        byte[] file = Arrays.copyOfRange(in.array(), in.offset(), in.offset() + in.size());
        Pixels pixels = decode(file);
        if (pixels == null) {
            context.output(0, DataType.UINT8, Shape.of(0, 0, channels()));
            return;
        }
        int n = channels();
        Shape shape = Shape.of(pixels.height(), pixels.width(), n);
        ByteTensor out = (ByteTensor) context.output(0, DataType.UINT8, shape);
        for (int i = 0, at = out.offset(); i < pixels.rgb().length; i++, at += n) {
            int red = pixels.rgb()[i] >> 16 & 255;
            int green = pixels.rgb()[i] >> 8 & 255;
            int blue = pixels.rgb()[i] & 255;
            if (format == PixelFormat.GRAYSCALE) {
                out.array()[at] = (byte) (red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16);
            } else {
                out.array()[at] = (byte) (format == PixelFormat.RGB ? red : blue);
                out.array()[at + 1] = (byte) green;
                out.array()[at + 2] = (byte) (format == PixelFormat.RGB ? blue : red);
            }
        }
    }

    private static @Nullable Pixels decode(byte[] file) {
        ImageFormat format = ImageFormat.of(file);
        return switch (format) {
            case PNM -> new PortablePixmap(file).decode();
            case JPEG, PNG, BMP, TIFF, GIF -> JdkImages.decode(file, format);
            case WEBP, JPEG2000 -> throw new IllegalArgumentException(format + " images are not supported");
            case UNKNOWN -> null;
        };
    }

    private int channels() {
        return format == PixelFormat.GRAYSCALE ? 1 : 3;
    }
}
