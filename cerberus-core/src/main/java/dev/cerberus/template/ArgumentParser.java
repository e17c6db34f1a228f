package dev.cerberus.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the arguments of calls, filters and tests.
 */
final class ArgumentParser {

    private final TokenStream tokens;

    private final ExpressionParser expressions;

    ArgumentParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** Reads arguments, from the opening parenthesis on. */
    Expression.CallArguments arguments() {
        int line = this.tokens.next().line();
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression spread = null;
        Expression namedSpread = null;
        boolean first = true;
        while (!this.tokens.isOperator(")")) {
            if (!first) {
                this.tokens.expectOperator(",");
                if (this.tokens.isOperator(")")) {
                    break;
                }
            }
            first = false;
            if (this.tokens.skipOperator("*")) {
                check(spread == null && namedSpread == null, line);
                spread = this.expressions.expression();
            }
            else if (this.tokens.skipOperator("**")) {
                check(namedSpread == null, line);
                namedSpread = this.expressions.expression();
            }
            else if (this.tokens.is(Token.Type.NAME) && this.tokens.following().isOperator("=")) {
                check(namedSpread == null, line);
                String name = this.tokens.next().text();
                this.tokens.next();
                if (named.put(name, this.expressions.expression()) != null) {
                    throw new SyntaxError(line, "argument '" + name + "' is given twice");
                }
            }
            else {
                check(spread == null && namedSpread == null && named.isEmpty(), line);
                positional.add(this.expressions.expression());
            }
        }
        this.tokens.expectOperator(")");
        return new Expression.CallArguments(positional, named, spread, namedSpread);
    }

    private static void check(boolean inOrder, int line) {
        if (!inOrder) {
            throw new SyntaxError(line, "arguments of a call are out of order");
        }
    }

}
