package dev.cerberus.template;

/**
 * A piece of a template's source.
 *
 * @param type what it is
 * @param text the text: of data and strings their content, else as written
 * @param line line of its first character, from 1
 */
record Token(Type type, String text, int line) {

    /** Kinds of tokens. */
    enum Type {

        DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, NAME, STRING, INTEGER, REAL, OPERATOR, END

    }

    boolean isName(String name) {
        return this.type == Type.NAME && this.text.equals(name);
    }

    boolean isOperator(String sign) {
        return this.type == Type.OPERATOR && this.text.equals(sign);
    }

    /** How messages name it. */
    String shown() {
        return switch (this.type) {
            case BLOCK_END -> "end of the tag";
            case VARIABLE_END -> "end of the expression";
            case END -> "end of the template";
            case STRING -> "'" + PythonError.shortened(this.text) + "'";
            default -> PythonError.shortened(this.text);
        };
    }

}
