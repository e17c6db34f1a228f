package dev.cerberus.constrain;

/**
 * The automaton of all JSON strings, which most grammars have in common.
 */
final class JsonStrings {

    static final TableAutomaton ANY = ByteCompiler.anyString();

    private JsonStrings() {
    }

}
