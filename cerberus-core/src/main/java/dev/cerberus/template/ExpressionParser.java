package dev.cerberus.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Reads expressions, by Jinja's grammar: a filter binds closer than an operator, a test
 * closer than a comparison.
 */
final class ExpressionParser {

    private static final Map<String, Operator> SUMS = Map.of("+", Operator.ADD, "-", Operator.SUBTRACT);

    private static final Map<String, Operator> PRODUCTS = Map.of("*", Operator.MULTIPLY, "/", Operator.DIVIDE, "//",
            Operator.FLOOR_DIVIDE, "%", Operator.MODULO);

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private static final Expression ABSENT = new Expression.Literal(None.NONE);

    private final TokenStream tokens;

    // Filters and tests that do not exist; forgiven where a condition guards them.
    private final List<SyntaxError> unknown = new ArrayList<>();

    // Names read since a macro began, for each macro that is open.
    private final List<Set<String>> reads = new ArrayList<>();

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** A mark to {@link #forgive} unknown filters and tests from. */
    int mark() {
        return this.unknown.size();
    }

    void forgive(int mark) {
        this.unknown.subList(mark, this.unknown.size()).clear();
    }

    void checkUnknown() {
        if (!this.unknown.isEmpty()) {
            throw this.unknown.get(0);
        }
    }

    void beginReads(Set<String> names) {
        this.reads.add(names);
    }

    void endReads() {
        this.reads.remove(this.reads.size() - 1);
    }

    Expression expression() {
        return expression(true);
    }

    private Expression expression(boolean conditional) {
        this.tokens.enter();
        Expression result = conditional ? conditional() : or();
        this.tokens.leave();
        return result;
    }

    private Expression conditional() {
        int line = this.tokens.line();
        int mark = mark();
        Expression result = or();
        int links = 0;
        while (this.tokens.skipName("if")) {
            this.tokens.checkChain(++links);
            Expression condition = or();
            Expression otherwise = this.tokens.skipName("else") ? expression() : null;
            forgive(mark);
            result = new Expression.Conditional(condition, result, otherwise, line);
            line = this.tokens.line();
        }
        return result;
    }

    private Expression or() {
        Expression left = and();
        int links = 0;
        while (this.tokens.skipName("or")) {
            this.tokens.checkChain(++links);
            left = new Expression.Logical(false, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        int links = 0;
        while (this.tokens.skipName("and")) {
            this.tokens.checkChain(++links);
            left = new Expression.Logical(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (this.tokens.skipName("not")) {
            this.tokens.enter();
            Expression operand = not();
            this.tokens.leave();
            return new Expression.Not(operand);
        }
        return comparison();
    }

    private Expression comparison() {
        int line = this.tokens.line();
        Expression first = sum();
        List<Expression.Link> links = new ArrayList<>();
        while (true) {
            Token token = this.tokens.current();
            if (token.type() == Token.Type.OPERATOR && COMPARISONS.contains(token.text())) {
                this.tokens.next();
                links.add(new Expression.Link(token.text(), sum()));
            }
            else if (this.tokens.skipName("in")) {
                links.add(new Expression.Link("in", sum()));
            }
            else if (token.isName("not") && this.tokens.following().isName("in")) {
                this.tokens.next();
                this.tokens.next();
                links.add(new Expression.Link("not in", sum()));
            }
            else {
                return links.isEmpty() ? first : new Expression.Chain(first, links, line);
            }
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        int links = 0;
        while (operator(SUMS) != null) {
            this.tokens.checkChain(++links);
            Token sign = this.tokens.next();
            left = new Expression.Binary(java.util.Objects.requireNonNull(SUMS.get(sign.text())), left, concatenation(),
                    sign.line());
        }
        return left;
    }

    private @Nullable Operator operator(Map<String, Operator> operators) {
        Token token = this.tokens.current();
        return (token.type() == Token.Type.OPERATOR) ? operators.get(token.text()) : null;
    }

    private Expression concatenation() {
        Expression first = product();
        if (!this.tokens.isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (this.tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concatenation(parts);
    }

    private Expression product() {
        Expression left = power();
        int links = 0;
        while (operator(PRODUCTS) != null) {
            this.tokens.checkChain(++links);
            Token sign = this.tokens.next();
            left = new Expression.Binary(java.util.Objects.requireNonNull(PRODUCTS.get(sign.text())), left, power(),
                    sign.line());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        int links = 0;
        while (this.tokens.isOperator("**")) {
            this.tokens.checkChain(++links);
            int line = this.tokens.next().line();
            left = new Expression.Binary(Operator.POWER, left, unary(true), line);
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        int line = this.tokens.line();
        Expression result;
        if (this.tokens.isOperator("-") || this.tokens.isOperator("+")) {
            boolean negative = this.tokens.next().text().equals("-");
            this.tokens.enter();
            result = new Expression.Signed(negative, unary(false), line);
            this.tokens.leave();
        }
        else {
            result = primary();
        }
        result = postfix(result);
        return withFilters ? filters(result) : result;
    }

    Expression primary() {
        Token token = this.tokens.current();
        switch (token.type()) {
            case NAME -> {
                this.tokens.next();
                return name(token.text());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (this.tokens.is(Token.Type.STRING)) {
                    text.append(this.tokens.next().text());
                }
                return new Expression.Literal(text.toString());
            }
            case INTEGER, REAL -> {
                return new Expression.Literal(number(this.tokens.next()));
            }
            default -> {
                return bracketed(token);
            }
        }
    }

    private Expression bracketed(Token token) {
        if (this.tokens.skipOperator("(")) {
            Expression inner = tuple(true, true, Set.of());
            this.tokens.expectOperator(")");
            return inner;
        }
        if (this.tokens.skipOperator("[")) {
            return list();
        }
        if (this.tokens.skipOperator("{")) {
            return dictionary(token.line());
        }
        throw this.tokens.error("unexpected '" + token.shown() + "'");
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(None.NONE);
            default -> {
                this.reads.forEach((names) -> names.add(name));
                yield new Expression.Name(name);
            }
        };
    }

    private Object number(Token token) {
        Object number = (token.type() == Token.Type.REAL) ? Numbers.parseReal(token.text()) : integer(token);
        if (number == null) {
            throw new SyntaxError(token.line(), "'" + token.shown() + "' is not a number");
        }
        return number;
    }

    private static @Nullable Number integer(Token token) {
        try {
            return Numbers.parseInteger(token.text(), 0);
        }
        catch (PythonError ex) {
            throw new SyntaxError(token.line(), String.valueOf(ex.getMessage()));
        }
    }

    private Expression list() {
        List<Expression> elements = new ArrayList<>();
        while (!this.tokens.isOperator("]")) {
            if (!elements.isEmpty()) {
                this.tokens.expectOperator(",");
                if (this.tokens.isOperator("]")) {
                    break;
                }
            }
            elements.add(expression());
        }
        this.tokens.expectOperator("]");
        return new Expression.Sequence(elements, false);
    }

    private Expression dictionary(int line) {
        List<Expression.Pair> pairs = new ArrayList<>();
        while (!this.tokens.isOperator("}")) {
            if (!pairs.isEmpty()) {
                this.tokens.expectOperator(",");
                if (this.tokens.isOperator("}")) {
                    break;
                }
            }
            Expression key = expression();
            this.tokens.expectOperator(":");
            pairs.add(new Expression.Pair(key, expression()));
        }
        this.tokens.expectOperator("}");
        return new Expression.Dictionary(pairs, line);
    }

    /**
     * Reads an expression, or several with commas between them.
     * @param conditional whether an inline {@code if} may occur
     * @param mayBeEmpty whether nothing at all is an empty tuple
     * @param ends names that end it
     * @return the expression or tuple
     */
    Expression tuple(boolean conditional, boolean mayBeEmpty, Set<String> ends) {
        List<Expression> elements = new ArrayList<>();
        boolean comma = false;
        while (!isTupleEnd(ends)) {
            elements.add(expression(conditional));
            if (!this.tokens.skipOperator(",")) {
                if (!comma) {
                    return elements.get(0);
                }
                break;
            }
            comma = true;
        }
        if (elements.isEmpty() && !mayBeEmpty) {
            throw this.tokens.error("expected an expression, got '" + this.tokens.current().shown() + "'");
        }
        return new Expression.Sequence(elements, true);
    }

    boolean isTupleEnd(Set<String> ends) {
        Token token = this.tokens.current();
        return token.type() == Token.Type.VARIABLE_END || token.type() == Token.Type.BLOCK_END || token.isOperator(")")
                || (token.type() == Token.Type.NAME && ends.contains(token.text()));
    }

    private Expression postfix(Expression target) {
        Expression result = target;
        for (int links = 1;; links++) {
            Token token = this.tokens.current();
            if (token.isOperator(".")) {
                result = member(result);
            }
            else if (token.isOperator("[")) {
                result = subscript(result);
            }
            else if (token.isOperator("(")) {
                result = new Expression.Call(result, arguments(), token.line());
            }
            else {
                return result;
            }
            this.tokens.checkChain(links);
        }
    }

    private Expression member(Expression target) {
        int line = this.tokens.next().line();
        Token member = this.tokens.next();
        if (member.type() == Token.Type.NAME) {
            return new Expression.Attribute(target, member.text(), line);
        }
        if (member.type() != Token.Type.INTEGER) {
            throw new SyntaxError(member.line(), "expected a name or number behind '.'");
        }
        return new Expression.Element(target, new Expression.Literal(number(member)), line);
    }

    private Expression subscript(Expression target) {
        int line = this.tokens.next().line();
        Expression from = this.tokens.isOperator(":") ? ABSENT : expression();
        Expression result;
        if (this.tokens.skipOperator(":")) {
            Expression to = sliceBound();
            Expression by = this.tokens.skipOperator(":") ? sliceBound() : ABSENT;
            result = new Expression.Slice(target, from, to, by, line);
        }
        else if (this.tokens.skipOperator(",")) {
            List<Expression> key = new ArrayList<>(List.of(from));
            while (!this.tokens.isOperator("]")) {
                key.add(expression());
                if (!this.tokens.isOperator("]")) {
                    this.tokens.expectOperator(",");
                }
            }
            result = new Expression.Element(target, new Expression.Sequence(key, true), line);
        }
        else {
            result = new Expression.Element(target, from, line);
        }
        this.tokens.expectOperator("]");
        return result;
    }

    private Expression sliceBound() {
        return (this.tokens.isOperator(":") || this.tokens.isOperator("]")) ? ABSENT : expression();
    }

    private Expression filters(Expression input) {
        Expression result = input;
        for (int links = 1;; links++) {
            Token token = this.tokens.current();
            if (token.isOperator("|")) {
                this.tokens.next();
                result = new Expression.Filtered(result, filterCall());
            }
            else if (token.isName("is")) {
                result = test(result);
            }
            else if (token.isOperator("(")) {
                result = new Expression.Call(result, arguments(), token.line());
            }
            else {
                return result;
            }
            this.tokens.checkChain(links);
        }
    }

    /** Reads a filter's name and arguments. */
    Expression.FilterCall filterCall() {
        Token token = this.tokens.current();
        String name = dotted();
        Filter filter = Filters.find(name);
        if (filter == null) {
            this.unknown.add(SyntaxError.unsupported(token.line(), "the filter '" + PythonError.shortened(name) + "'"));
        }
        Expression.CallArguments given = this.tokens.isOperator("(") ? arguments() : Expression.CallArguments.NONE;
        return new Expression.FilterCall(name, filter, given, token.line());
    }

    private String dotted() {
        StringBuilder name = new StringBuilder(this.tokens.expect(Token.Type.NAME, "a name").text());
        while (this.tokens.skipOperator(".")) {
            name.append('.').append(this.tokens.expect(Token.Type.NAME, "a name").text());
        }
        return name.toString();
    }

    private Expression test(Expression input) {
        int line = this.tokens.next().line();
        boolean negated = this.tokens.skipName("not");
        String name = dotted();
        Test test = Tests.find(name);
        if (test == null) {
            this.unknown.add(SyntaxError.unsupported(line, "the test '" + PythonError.shortened(name) + "'"));
        }
        Expression.CallArguments given = Expression.CallArguments.NONE;
        if (this.tokens.isOperator("(")) {
            given = arguments();
        }
        else if (beginsArgument()) {
            if (this.tokens.isName("is")) {
                throw this.tokens.error("tests can not be chained with 'is'");
            }
            this.tokens.enter();
            given = new Expression.CallArguments(List.of(postfix(primary())), Map.of(), null, null);
            this.tokens.leave();
        }
        Expression result = new Expression.Tested(input, name, test, given, line);
        return negated ? new Expression.Not(result) : result;
    }

    private boolean beginsArgument() {
        Token token = this.tokens.current();
        return switch (token.type()) {
            case STRING, INTEGER, REAL -> true;
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            default -> token.isOperator("[") || token.isOperator("{");
        };
    }

    private Expression.CallArguments arguments() {
        return new ArgumentParser(this.tokens, this).arguments();
    }

}
