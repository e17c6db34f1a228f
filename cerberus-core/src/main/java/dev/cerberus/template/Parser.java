package dev.cerberus.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Reads a template into statements. One per source.
 */
final class Parser {

    private static final Set<String> REFUSED = Set.of("include", "import", "from", "extends", "block", "autoescape");

    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private static final Statement NOTHING = new Statement.Sequence(List.of());

    private final TokenStream tokens;

    private final ExpressionParser expressions;

    private int loops;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    static Statement parse(String source) {
        Parser parser = new Parser(new TokenStream(Lexer.tokens(source)));
        Statement template = parser.body(Set.of(), "");
        parser.expressions.checkUnknown();
        return template;
    }

    /**
     * Reads up to one of the given tags; what is in it is left to the caller.
     */
    private Statement body(Set<String> ends, String opened) {
        int line = this.tokens.previousLine();
        List<Statement> statements = new ArrayList<>();
        this.tokens.enter();
        while (true) {
            Token token = this.tokens.next();
            switch (token.type()) {
                case DATA -> statements.add(new Statement.Data(token.text()));
                case VARIABLE_BEGIN -> {
                    statements.add(new Statement.Output(this.expressions.tuple(true, false, Set.of()), token.line()));
                    this.tokens.expect(Token.Type.VARIABLE_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    if (this.tokens.is(Token.Type.NAME) && ends.contains(this.tokens.current().text())) {
                        this.tokens.leave();
                        return new Statement.Sequence(statements);
                    }
                    statements.add(statement());
                    endOfTag();
                }
                case END -> {
                    if (!ends.isEmpty()) {
                        throw new SyntaxError(line, "block {% " + opened + " %} is not closed");
                    }
                    return new Statement.Sequence(statements);
                }
                default -> throw new SyntaxError(token.line(), "unexpected '" + token.shown() + "'");
            }
        }
    }

    private void endOfTag() {
        this.tokens.expect(Token.Type.BLOCK_END, "'%}'");
    }

    private Statement closed(String end, String opened) {
        endOfTag();
        Statement body = body(Set.of(end), opened);
        this.tokens.expectName(end);
        return body;
    }

    private Statement statement() {
        Token token = this.tokens.expect(Token.Type.NAME, "a tag's name");
        int line = token.line();
        return switch (token.text()) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> new Statement.Define(macro());
            case "call" -> callBlock(line);
            case "filter" -> filterBlock();
            case "with" -> with(line);
            case "generation" -> new Statement.With(List.of(), List.of(), closed("endgeneration", "generation"), line);
            case "print" -> print(line);
            case "break" -> jump(token, Statement.Flow.BREAK);
            case "continue" -> jump(token, Statement.Flow.CONTINUE);
            default -> throw unknown(token);
        };
    }

    private static SyntaxError unknown(Token token) {
        if (REFUSED.contains(token.text())) {
            return SyntaxError.unsupported(token.line(), "{% " + token.text() + " %}");
        }
        return new SyntaxError(token.line(), "unexpected tag {% " + token.shown() + " %}");
    }

    private Statement print(int line) {
        List<Statement> outputs = new ArrayList<>();
        while (!this.tokens.is(Token.Type.BLOCK_END)) {
            if (!outputs.isEmpty()) {
                this.tokens.expectOperator(",");
            }
            outputs.add(new Statement.Output(this.expressions.expression(), line));
        }
        return new Statement.Sequence(outputs);
    }

    private Statement jump(Token token, Statement.Flow flow) {
        if (this.loops == 0) {
            throw new SyntaxError(token.line(), "{% " + token.text() + " %} is outside of a loop");
        }
        return new Statement.Jump(flow);
    }

    private Statement conditional(int line) {
        int mark = this.expressions.mark();
        List<Statement.Branch> branches = new ArrayList<>();
        Statement otherwise = NOTHING;
        int branchLine = line;
        while (true) {
            Expression condition = this.expressions.tuple(false, false, Set.of());
            endOfTag();
            branches.add(new Statement.Branch(condition, body(Set.of("elif", "else", "endif"), "if"), branchLine));
            branchLine = this.tokens.line();
            if (this.tokens.skipName("elif")) {
                continue;
            }
            if (this.tokens.skipName("else")) {
                otherwise = closed("endif", "if");
            }
            else {
                this.tokens.expectName("endif");
            }
            this.expressions.forgive(mark);
            return new Statement.If(branches, otherwise);
        }
    }

    private Statement loop(int line) {
        Target target = target(false, Set.of("in"));
        this.tokens.expectName("in");
        Expression elements = this.expressions.tuple(false, false, Set.of("recursive"));
        Expression filter = this.tokens.skipName("if") ? this.expressions.expression() : null;
        boolean recursive = this.tokens.skipName("recursive");
        endOfTag();
        this.loops++;
        Statement body = body(Set.of("else", "endfor"), "for");
        this.loops--;
        Statement otherwise = NOTHING;
        if (this.tokens.skipName("else")) {
            otherwise = closed("endfor", "for");
        }
        else {
            this.tokens.expectName("endfor");
        }
        return new Statement.For(target, elements, filter, body, otherwise, recursive, line);
    }

    private Statement assignment(int line) {
        Target target = target(true, Set.of());
        if (this.tokens.skipOperator("=")) {
            return new Statement.Assign(target, this.expressions.tuple(true, false, Set.of()), line);
        }
        List<Expression.FilterCall> filters = new ArrayList<>();
        while (this.tokens.skipOperator("|")) {
            filters.add(this.expressions.filterCall());
        }
        return new Statement.AssignBlock(target, filters, closed("endset", "set"), line);
    }

    private Target target(boolean members, Set<String> ends) {
        List<Target> targets = new ArrayList<>();
        boolean comma = false;
        while (!(this.expressions.isTupleEnd(ends) && comma)) {
            targets.add(singleTarget(members));
            if (!this.tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        return comma ? new Target.Elements(targets) : targets.get(0);
    }

    private Target singleTarget(boolean members) {
        if (this.tokens.skipOperator("(")) {
            this.tokens.enter();
            Target inner = target(false, Set.of());
            this.tokens.leave();
            this.tokens.expectOperator(")");
            return inner;
        }
        Token name = this.tokens.expect(Token.Type.NAME, "a variable to assign to");
        if (members && this.tokens.skipOperator(".")) {
            return new Target.Member(name.text(), this.tokens.expect(Token.Type.NAME, "a name behind '.'").text());
        }
        if (CONSTANTS.contains(name.text())) {
            throw new SyntaxError(name.line(), "can not assign to '" + name.text() + "'");
        }
        return new Target.Variable(name.text());
    }

    private Macro.Definition macro() {
        String name = this.tokens.expect(Token.Type.NAME, "the macro's name").text();
        this.tokens.expectOperator("(");
        List<Macro.Parameter> parameters = parameters();
        return definition(name, parameters, "endmacro", "macro");
    }

    private List<Macro.Parameter> parameters() {
        List<Macro.Parameter> parameters = new ArrayList<>();
        boolean optional = false;
        while (!this.tokens.isOperator(")")) {
            if (!parameters.isEmpty()) {
                this.tokens.expectOperator(",");
            }
            Token name = this.tokens.expect(Token.Type.NAME, "a parameter's name");
            @Nullable Expression missing = this.tokens.skipOperator("=") ? this.expressions.expression() : null;
            if (missing == null && optional) {
                throw new SyntaxError(name.line(), "a parameter without default follows one with a default");
            }
            optional |= missing != null;
            parameters.add(new Macro.Parameter(name.text(), missing));
        }
        this.tokens.expectOperator(")");
        return parameters;
    }

    private Macro.Definition definition(String name, List<Macro.Parameter> parameters, String end, String opened) {
        int outerLoops = this.loops;
        this.loops = 0;
        Set<String> reads = new HashSet<>();
        this.expressions.beginReads(reads);
        Statement body = closed(end, opened);
        this.expressions.endReads();
        this.loops = outerLoops;
        return new Macro.Definition(name, parameters, body, reads.contains("varargs"), reads.contains("kwargs"),
                reads.contains("caller"));
    }

    private Statement callBlock(int line) {
        List<Macro.Parameter> parameters = List.of();
        if (this.tokens.skipOperator("(")) {
            parameters = parameters();
        }
        if (!(this.expressions.expression() instanceof Expression.Call call)) {
            throw new SyntaxError(line, "{% call %} needs a call");
        }
        return new Statement.CallBlock(call, definition("", parameters, "endcall", "call"), line);
    }

    private Statement filterBlock() {
        List<Expression.FilterCall> filters = new ArrayList<>();
        do {
            filters.add(this.expressions.filterCall());
        }
        while (this.tokens.skipOperator("|"));
        return new Statement.FilterBlock(filters, closed("endfilter", "filter"));
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!this.tokens.is(Token.Type.BLOCK_END)) {
            if (!targets.isEmpty()) {
                this.tokens.expectOperator(",");
            }
            targets.add(singleTarget(false));
            this.tokens.expectOperator("=");
            values.add(this.expressions.expression());
        }
        return new Statement.With(targets, values, closed("endwith", "with"), line);
    }

}
