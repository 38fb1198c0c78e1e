package org.lanewise.runtime.ops.cast;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** Numbers as text: the shortest decimal that reads back as the same number, with an exponent below 1e-4 and from 1e16 on, as in NumPy. */
final class Text {
    private Text() {}

    /** Element {@code i} as text. */
    static String of(Tensor t, int i) {
        DataType type = t.type();
        if (type == DataType.BOOL) {
            return t.getLong(i) != 0 ? "True" : "False";
        } else if (type.isInteger()) {
            return type == DataType.UINT64 ? Long.toUnsignedString(t.getLong(i)) : Long.toString(t.getLong(i));
        }
        double value = t.getDouble(i);
        if (Double.isNaN(value)) {
            return "nan";
        } else if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        String digits = switch (type) {
            case DOUBLE -> Double.toString(value);
            case FLOAT16 -> shortest((float) value, Float.floatToFloat16((float) value));
            default -> Float.toString((float) value);
        };
        return layout(new BigDecimal(digits), value);
    }

    /** The value of {@code text}, which may be {@code NaN}, {@code INF}, {@code +INF} or {@code -INF} in any case. */
    static double parseDouble(String text) {
        String trimmed = text.strip();
        return switch (trimmed.toLowerCase(Locale.ROOT)) {
            case "nan", "+nan", "-nan" -> Double.NaN;
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> decimal(trimmed).doubleValue();
        };
    }

    /** As {@link #parseDouble}, rounded once. */
    static float parseFloat(String text) {
        double value = parseDouble(text);
        return Double.isNaN(value) || Double.isInfinite(value)
                ? (float) value
                : decimal(text.strip()).floatValue();
    }

    /** The integer {@code text} stands for, cut towards zero, its low 64 bits. */
    static long parseLong(String text) {
        BigInteger value = decimal(text.strip()).toBigInteger();
        if (value.bitLength() > 64) {
            throw new IllegalArgumentException("'" + text + "' does not fit 64 bits");
        }
        return value.longValue();
    }

    private static BigDecimal decimal(String text) {
        try {
            BigDecimal value = new BigDecimal(text);
            if (Math.abs((long) value.scale()) > 5000) {
                throw new IllegalArgumentException("'" + text + "' has an exponent beyond 5000");
            }
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a number", e);
        }
    }

    private static String shortest(float value, short half) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; ; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits));
            if (Float.floatToFloat16(rounded.floatValue()) == half || digits > 16) {
                return rounded.toString();
            }
        }
    }

    private static String layout(BigDecimal value, double number) {
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal stripped = value.stripTrailingZeros();
        int exponent = stripped.precision() - stripped.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = stripped.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = stripped.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String sign = number < 0 ? "-" : "";
        return sign + mantissa + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
