package dev.cerberus.template;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * Python's {@code strftime} in English, of a time without zone.
 */
final class Dates {

    private final ZonedDateTime time;

    private final Meter meter;

    Dates(ZonedDateTime time, Meter meter) {
        this.time = time;
        this.meter = meter;
    }

    String format(String format) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            this.meter.text(1);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            boolean unpadded = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += unpadded ? 2 : 1;
            String value = directive(format.charAt(i));
            text.append(unpadded ? withoutZeros(value) : value);
        }
        return text.toString();
    }

    private static String withoutZeros(String value) {
        int start = 0;
        while (start < value.length() - 1 && (value.charAt(start) == '0' || value.charAt(start) == ' ')) {
            start++;
        }
        return value.substring(start);
    }

    private String directive(char directive) {
        int hour = this.time.get(ChronoField.CLOCK_HOUR_OF_AMPM);
        return switch (directive) {
            case 'Y' -> String.valueOf(this.time.getYear());
            case 'C' -> padded(this.time.getYear() / 100, 2);
            case 'y' -> padded(this.time.getYear() % 100, 2);
            case 'G' -> String.valueOf(this.time.get(IsoFields.WEEK_BASED_YEAR));
            case 'm' -> padded(this.time.getMonthValue(), 2);
            case 'd' -> padded(this.time.getDayOfMonth(), 2);
            case 'e' -> spaced(this.time.getDayOfMonth());
            case 'H' -> padded(this.time.getHour(), 2);
            case 'k' -> spaced(this.time.getHour());
            case 'I' -> padded(hour, 2);
            case 'l' -> spaced(hour);
            case 'M' -> padded(this.time.getMinute(), 2);
            case 'S' -> padded(this.time.getSecond(), 2);
            case 'f' -> padded(this.time.getNano() / 1000, 6);
            case 'p' -> (this.time.getHour() < 12) ? "AM" : "PM";
            case 'B' -> this.time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> this.time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
            case 'A' -> this.time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> this.time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
            case 'j' -> padded(this.time.getDayOfYear(), 3);
            case 'u' -> String.valueOf(this.time.getDayOfWeek().getValue());
            case 'w' -> String.valueOf(this.time.getDayOfWeek().getValue() % 7);
            case 'V' -> padded(this.time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
            case 'U' -> padded((this.time.getDayOfYear() + 6 - this.time.getDayOfWeek().getValue() % 7) / 7, 2);
            case 'W' -> padded((this.time.getDayOfYear() + 7 - this.time.getDayOfWeek().getValue()) / 7, 2);
            case 's' -> String.valueOf(this.time.toEpochSecond());
            case 'F' -> joined("Y-m-d");
            case 'T', 'X' -> joined("H:M:S");
            case 'R' -> joined("H:M");
            case 'D', 'x' -> joined("m/d/y");
            case 'r' -> joined("I:M:S p");
            case 'c' -> joined("a b e H:M:S Y");
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> throw PythonError.value("strftime_now does not know %" + directive);
        };
    }

    private String joined(String directives) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < directives.length(); i++) {
            char c = directives.charAt(i);
            text.append(Character.isLetter(c) ? directive(c) : String.valueOf(c));
        }
        return text.toString();
    }

    private static String padded(int number, int width) {
        String digits = String.valueOf(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    private static String spaced(int number) {
        return (number < 10) ? " " + number : String.valueOf(number);
    }

}
