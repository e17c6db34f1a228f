package dev.cerberus.template;

import java.util.List;

/** Tokens, read one after the other, and how deeply the reader is nested. */
final class TokenStream {

    private static final int DEEPEST = 100;

    private static final int LONGEST_CHAIN = 400;

    private final List<Token> tokens;

    private int at;

    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return this.tokens.get(this.at);
    }

    Token following() {
        return this.tokens.get(Math.min(this.at + 1, this.tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        if (token.type() != Token.Type.END) {
            this.at++;
        }
        return token;
    }

    int line() {
        return current().line();
    }

    int previousLine() {
        return this.tokens.get(Math.max(0, this.at - 1)).line();
    }

    boolean is(Token.Type type) {
        return current().type() == type;
    }

    boolean isName(String name) {
        return current().isName(name);
    }

    boolean isOperator(String sign) {
        return current().isOperator(sign);
    }

    boolean skipName(String name) {
        boolean matches = isName(name);
        this.at += matches ? 1 : 0;
        return matches;
    }

    boolean skipOperator(String sign) {
        boolean matches = isOperator(sign);
        this.at += matches ? 1 : 0;
        return matches;
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw error("expected '" + name + "', got '" + current().shown() + "'");
        }
    }

    void expectOperator(String sign) {
        if (!skipOperator(sign)) {
            throw error("expected '" + sign + "', got '" + current().shown() + "'");
        }
    }

    Token expect(Token.Type type, String what) {
        if (!is(type)) {
            throw error("expected " + what + ", got '" + current().shown() + "'");
        }
        return next();
    }

    SyntaxError error(String message) {
        return new SyntaxError(line(), message);
    }

    void enter() {
        if (++this.depth > DEEPEST) {
            throw error("is nested more than " + DEEPEST + " levels deep");
        }
    }

    void leave() {
        this.depth--;
    }

    void checkChain(int links) {
        if (links > LONGEST_CHAIN) {
            throw error("has more than " + LONGEST_CHAIN + " operators, calls or filters in one chain");
        }
    }

}
