package org.lanewise.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Options that take one of a few words. */
final class Choice {
    private Choice() {}

    /** The constant that is {@linkplain #written written} so. */
    static <E extends Enum<E>> E of(CommandSpec spec, String option, String text, Class<E> type) {
        return of(spec, option, text, type, Choice::written);
    }

    /** The constant that {@code name} calls so. */
    static <E extends Enum<E>> E of(
            CommandSpec spec, String option, String text, Class<E> type, Function<E, String> name) {
        for (E constant : type.getEnumConstants()) {
            if (name.apply(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw new ParameterException(
                spec.commandLine(),
                option + " is one of "
                        + String.join(
                                ", ",
                                Arrays.stream(type.getEnumConstants()).map(name).toList())
                        + ", got '" + text + "'");
    }

    /** A constant in small letters with hyphens. */
    static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
