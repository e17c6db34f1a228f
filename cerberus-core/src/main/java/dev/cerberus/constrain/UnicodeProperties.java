package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/**
 * The sets of characters that regular expressions name by {@code \p}: scripts, general
 * categories, and a few binary properties. Thread-safe.
 */
final class UnicodeProperties {

    private static final String SCRIPT = "sc=";

    private static final String CATEGORY_OF = "gc=";

    private static final Map<String, CodePoints> PROPERTIES = new ConcurrentHashMap<>();

    private UnicodeProperties() {
    }

    /**
     * Returns the characters that have a property.
     * @param name what stands between the braces
     * @throws IllegalArgumentException if there is no such property; the message goes on
     * behind the name of an expression
     */
    static CodePoints named(String name) {
        String usual = usual(name);
        if (usual.startsWith(SCRIPT)) {
            return Scripts.ALL.getOrDefault(script(usual.substring(SCRIPT.length())), CodePoints.of());
        }
        CodePoints known = PROPERTIES.get(usual);
        if (known == null) {
            known = scan(membership(usual));
            PROPERTIES.put(usual, known);
        }
        return known;
    }

    /** Returns the spelling under which a property is kept, of the many it may have. */
    private static String usual(String name) {
        int equals = name.indexOf('=');
        if (equals < 0) {
            return name;
        }
        String value = name.substring(equals + 1);
        return switch (name.substring(0, equals).toLowerCase(Locale.ROOT)) {
            case "sc", "script", "scx", "script_extensions" -> SCRIPT + script(value).name();
            case "gc", "general_category" -> CATEGORY_OF + value;
            default -> throw unknown(name);
        };
    }

    private static Character.UnicodeScript script(String name) {
        try {
            return Character.UnicodeScript.forName(name);
        }
        catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("has the unknown script '" + SchemaSource.shown(name) + "'", ex);
        }
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("has the property '" + SchemaSource.shown(name) + "', which is not known");
    }

    private static IntPredicate membership(String name) {
        int equals = name.indexOf('=');
        String value = name.substring(equals + 1);
        if (equals < 0) {
            switch (value) {
                case "Any" -> {
                    return (c) -> true;
                }
                case "ASCII" -> {
                    return (c) -> c < 0x80;
                }
                case "Alphabetic", "Alpha" -> {
                    return Character::isAlphabetic;
                }
                case "Uppercase", "Upper" -> {
                    return Character::isUpperCase;
                }
                case "Lowercase", "Lower" -> {
                    return Character::isLowerCase;
                }
                case "Ideographic", "Ideo" -> {
                    return Character::isIdeographic;
                }
                case "White_Space", "space" -> {
                    return (c) -> c == 0x85 || (c != 0xFEFF && RegexParser.SPACE.contains(c));
                }
                default -> {
                }
            }
        }
        String categories = switch (value) {
            case "L", "Letter" -> "Lu Ll Lt Lm Lo";
            case "LC", "Cased_Letter" -> "Lu Ll Lt";
            case "Lu", "Uppercase_Letter" -> "Lu";
            case "Ll", "Lowercase_Letter" -> "Ll";
            case "Lt", "Titlecase_Letter" -> "Lt";
            case "Lm", "Modifier_Letter" -> "Lm";
            case "Lo", "Other_Letter" -> "Lo";
            case "M", "Mark", "Combining_Mark" -> "Mn Mc Me";
            case "Mn", "Nonspacing_Mark" -> "Mn";
            case "Mc", "Spacing_Mark" -> "Mc";
            case "Me", "Enclosing_Mark" -> "Me";
            case "N", "Number" -> "Nd Nl No";
            case "Nd", "Decimal_Number", "digit" -> "Nd";
            case "Nl", "Letter_Number" -> "Nl";
            case "No", "Other_Number" -> "No";
            case "P", "Punctuation", "punct" -> "Pc Pd Ps Pe Pi Pf Po";
            case "Pc", "Connector_Punctuation" -> "Pc";
            case "Pd", "Dash_Punctuation" -> "Pd";
            case "Ps", "Open_Punctuation" -> "Ps";
            case "Pe", "Close_Punctuation" -> "Pe";
            case "Pi", "Initial_Punctuation" -> "Pi";
            case "Pf", "Final_Punctuation" -> "Pf";
            case "Po", "Other_Punctuation" -> "Po";
            case "S", "Symbol" -> "Sm Sc Sk So";
            case "Sm", "Math_Symbol" -> "Sm";
            case "Sc", "Currency_Symbol" -> "Sc";
            case "Sk", "Modifier_Symbol" -> "Sk";
            case "So", "Other_Symbol" -> "So";
            case "Z", "Separator" -> "Zs Zl Zp";
            case "Zs", "Space_Separator" -> "Zs";
            case "Zl", "Line_Separator" -> "Zl";
            case "Zp", "Paragraph_Separator" -> "Zp";
            case "C", "Other" -> "Cc Cf Co Cn";
            case "Cc", "Control", "cntrl" -> "Cc";
            case "Cf", "Format" -> "Cf";
            case "Co", "Private_Use" -> "Co";
            case "Cn", "Unassigned" -> "Cn";
            default -> throw unknown(name);
        };
        return (c) -> categories.contains(CATEGORY[Character.getType(c)]);
    }

    /** Two letters for each value of {@link Character#getType(int)}. */
    private static final String[] CATEGORY = categories();

    private static String[] categories() {
        String[] names = new String[31];
        Arrays.fill(names, "??");
        names[Character.UPPERCASE_LETTER] = "Lu";
        names[Character.LOWERCASE_LETTER] = "Ll";
        names[Character.TITLECASE_LETTER] = "Lt";
        names[Character.MODIFIER_LETTER] = "Lm";
        names[Character.OTHER_LETTER] = "Lo";
        names[Character.NON_SPACING_MARK] = "Mn";
        names[Character.COMBINING_SPACING_MARK] = "Mc";
        names[Character.ENCLOSING_MARK] = "Me";
        names[Character.DECIMAL_DIGIT_NUMBER] = "Nd";
        names[Character.LETTER_NUMBER] = "Nl";
        names[Character.OTHER_NUMBER] = "No";
        names[Character.CONNECTOR_PUNCTUATION] = "Pc";
        names[Character.DASH_PUNCTUATION] = "Pd";
        names[Character.START_PUNCTUATION] = "Ps";
        names[Character.END_PUNCTUATION] = "Pe";
        names[Character.INITIAL_QUOTE_PUNCTUATION] = "Pi";
        names[Character.FINAL_QUOTE_PUNCTUATION] = "Pf";
        names[Character.OTHER_PUNCTUATION] = "Po";
        names[Character.MATH_SYMBOL] = "Sm";
        names[Character.CURRENCY_SYMBOL] = "Sc";
        names[Character.MODIFIER_SYMBOL] = "Sk";
        names[Character.OTHER_SYMBOL] = "So";
        names[Character.CONTROL] = "Cc";
        names[Character.FORMAT] = "Cf";
        names[Character.PRIVATE_USE] = "Co";
        names[Character.UNASSIGNED] = "Cn";
        names[Character.SPACE_SEPARATOR] = "Zs";
        names[Character.LINE_SEPARATOR] = "Zl";
        names[Character.PARAGRAPH_SEPARATOR] = "Zp";
        return names;
    }

    private static CodePoints scan(IntPredicate member) {
        List<Integer> bounds = new ArrayList<>();
        int from = -1;
        for (int c = 0; c <= CodePoints.MAX + 1; c++) {
            boolean in = c <= CodePoints.MAX && member.test(c);
            if (in && from < 0) {
                from = c;
            }
            else if (!in && from >= 0) {
                bounds.add(from);
                bounds.add(c - 1);
                from = -1;
            }
        }
        return set(bounds);
    }

    /**
     * The characters of each script, found in one go: there are well over a hundred, and
     * a request may name them all.
     */
    private static final class Scripts {

        static final Map<Character.UnicodeScript, CodePoints> ALL = find();

        private Scripts() {
        }

        private static Map<Character.UnicodeScript, CodePoints> find() {
            Map<Character.UnicodeScript, List<Integer>> bounds = new EnumMap<>(Character.UnicodeScript.class);
            for (int c = 0; c <= CodePoints.MAX;) {
                int from = c++;
                Character.UnicodeScript script = Character.UnicodeScript.of(from);
                while (c <= CodePoints.MAX && Character.UnicodeScript.of(c) == script) {
                    c++;
                }
                bounds.computeIfAbsent(script, (unknown) -> new ArrayList<>()).addAll(List.of(from, c - 1));
            }
            Map<Character.UnicodeScript, CodePoints> scripts = new EnumMap<>(Character.UnicodeScript.class);
            bounds.forEach((each, ranges) -> scripts.put(each, set(ranges)));
            return scripts;
        }

    }

    private static CodePoints set(List<Integer> bounds) {
        return CodePoints.of(bounds.stream().mapToInt(Integer::intValue).toArray()).and(CodePoints.ALL);
    }

}
