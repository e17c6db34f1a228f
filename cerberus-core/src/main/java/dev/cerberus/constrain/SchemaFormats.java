package dev.cerberus.constrain;

import java.util.Map;
import java.util.Set;

/**
 * The values of {@code format} that are regular, as expressions for whole strings.
 */
final class SchemaFormats {

    /** Sizes of numbers and hints for people, which say nothing about a string. */
    static final Set<String> HINTS = Set.of("int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "int",
            "float", "double", "decimal", "password", "byte", "binary", "char", "textarea", "color");

    private static final String LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";

    private static final String DATE = "([0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
            + "|[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)|[0-9]{4}-02-(0[1-9]|1[0-9]|2[0-8])|" + LEAP_YEAR + "-02-29)";

    private static final String TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"
            + "(Z|[+](0[0-9]|1[0-3]):[0-5][0-9]|[+]14:00|-(0[1-9]|1[0-2]):[0-5][0-9])";

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static final String IPV4 = "(" + BYTE + "\\.){3}" + BYTE;

    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9]|-[A-Za-z0-9]){0,30}";

    private static final String HOST = LABEL + "(\\." + LABEL + "){0,6}";

    private static final String PATH = "([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*";

    private static final Map<String, String> REGULAR = Map.ofEntries(Map.entry("date", DATE), Map.entry("time", TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry("duration",
                    "P([0-9]{1,6}W|([0-9]{1,6}Y([0-9]{1,6}M([0-9]{1,6}D)?)?|[0-9]{1,6}M([0-9]{1,6}D)?|[0-9]{1,6}D)"
                            + "(T@)?|T@)".replace("@",
                                    "([0-9]{1,6}H([0-9]{1,6}M([0-9]{1,6}S)?)?|[0-9]{1,6}M([0-9]{1,6}S)?"
                                            + "|[0-9]{1,6}S)")),
            Map.entry("uuid", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), Map.entry("ipv4", IPV4),
            Map.entry("ipv6", "([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}"), Map.entry("hostname", HOST),
            Map.entry("email", "[A-Za-z0-9_+-]{1,24}(\\.[A-Za-z0-9_+-]{1,16}){0,2}@" + HOST),
            Map.entry("uri", "[a-z][a-z0-9+.-]{0,15}://" + HOST + "(:[0-9]{1,4})?(/" + PATH + ")?(\\?(" + PATH
                    + "))?(#(" + PATH + "))?"));

    private SchemaFormats() {
    }

    static boolean isKnown(String format) {
        return REGULAR.containsKey(format);
    }

    static String regex(String format) {
        String regex = REGULAR.get(format);
        if (regex == null) {
            throw new IllegalArgumentException("the format '" + format + "' is not regular");
        }
        return regex;
    }

    /** Returns the enforced formats, for messages. */
    static String names() {
        return String.join(", ", REGULAR.keySet().stream().sorted().toList());
    }

}
