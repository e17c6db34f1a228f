package dev.cerberus.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What became of the words on the command line before they were handed to us. Java
 * decodes them in the character set of the locale, and silently puts a sign in place of
 * what that does not have: of every letter but English ones in the locales C and POSIX.
 */
final class Arguments {

    private static final char REPLACEMENT = '\uFFFD';

    private Arguments() {
    }

    /**
     * Looks for an argument that is not what was typed.
     * @param charset the name of the character set that Java decoded the arguments in
     * @param args the arguments
     * @return which one it is and what to change; empty if all are readable
     */
    static Optional<String> unreadable(String charset, String... args) {
        if (isUtf8(charset)) {
            return Optional.empty(); // the sign was typed
        }
        for (int i = 0; i < args.length; i++) {
            if (args[i].indexOf(REPLACEMENT) >= 0) {
                return Optional.of("argument " + (i + 1) + " is not readable: the locale's character set " + charset
                        + " lacks letters of it; set LC_ALL=C.UTF-8");
            }
        }
        return Optional.empty();
    }

    private static boolean isUtf8(String charset) {
        try {
            return Charset.forName(charset).equals(StandardCharsets.UTF_8);
        }
        catch (IllegalArgumentException ex) {
            return false; // of a name that Java does not know
        }
    }

}
