package dev.cerberus.text;

import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import com.hubspot.jinjava.el.TruthyTypeConverter;
import com.hubspot.jinjava.el.ext.AdditionOperator;
import com.hubspot.jinjava.el.ext.CollectionMembershipOperator;
import com.hubspot.jinjava.el.ext.CollectionNonMembershipOperator;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.NamedParameter;
import com.hubspot.jinjava.el.ext.TruncDivOperator;
import com.hubspot.jinjava.interpret.AutoCloseableSupplier;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.Importable;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.MacroFunction;
import com.hubspot.jinjava.lib.tag.ElseTag;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.lib.tag.IfTag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.util.LengthLimitingStringBuilder;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.misc.TypeConverter;
import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.ExpressionFactory;
import org.jspecify.annotations.Nullable;

/**
 * The template engine: jinjava with Python's values instead of Java's.
 *
 * <p>
 * Templates come from model files, which nobody has read. They reach strings, numbers,
 * lists, maps and the functions below, never a Java object: there is no reflection, no
 * include or import, no evaluation of text as a template, and output, lists and recursion
 * are limited. Thread-safe.
 */
final class JinjaEngine extends Jinjava {

    /*
     * jinjava keeps: tags, scopes, macros, the expression grammar. Replaced: how
     * properties and methods are found (PythonResolver), operators whose meaning differs
     * (PythonParser), truth and text of values, loops (a scope per iteration, filter,
     * else), all filters, all tests, all functions, and the collecting of errors: the
     * first one ends the rendering.
     */

    // Of all loops together, in one rendering.
    private static final int MAX_ITERATIONS = 1 << 20;

    private static final int MAX_DEPTH = 50;

    private static final Set<String> TAGS = Set.of("if", "elif", "else", "for", "set", "macro", "call", "break",
            "continue", "do");

    private static final int CACHED_EXPRESSIONS = 10_000;

    // After the constants it reads.
    static final JinjaEngine INSTANCE = new JinjaEngine();

    private final ExpressionFactory expressions = new ExpressionFactoryImpl(
            new TreeStore(new PythonSyntax(), new Cache(CACHED_EXPRESSIONS)), new PythonConverter());

    private final JinjavaConfig config;

    private JinjaEngine() {
        super(configuration(Map.of()));
        Context context = getGlobalContext();
        Map<Context.Library, Set<String>> disabled = Map.of(Context.Library.FILTER,
                others(context.getAllFilters(), JinjaFilters.FILTERS.keySet()), Context.Library.EXP_TEST,
                others(context.getAllExpTests(), JinjaFilters.TESTS.keySet()), Context.Library.TAG,
                others(context.getAllTags(), TAGS), Context.Library.FUNCTION,
                others(context.getAllFunctions(), Set.of()));
        this.config = configuration(disabled);
        JinjaFilters.FILTERS.forEach((name, filter) -> registerFilter(new PythonFilter(name, filter)));
        JinjaFilters.TESTS.forEach((name, test) -> registerExpTest(new PythonTest(name, test)));
        registerTag(new PythonForTag());
        registerTag(new PythonIfTag());
    }

    @Override
    public ExpressionFactory getExpressionFactory() {
        return (this.expressions != null) ? this.expressions : super.getExpressionFactory();
    }

    /**
     * Parses a rewritten template; the result may be rendered by several threads.
     * @param source the template
     * @return its tree
     */
    Node parse(String source) {
        Interpreter interpreter = interpreter(Map.of());
        return interpreter.run(() -> interpreter.parse(source));
    }

    /**
     * Renders a template.
     * @param template its tree
     * @param variables what it may read
     * @param functions what it may call, besides {@code namespace}, {@code range} and
     * {@code dict}
     * @return the text
     * @throws RenderException if the template fails
     */
    String render(Node template, Map<String, @Nullable Object> variables,
            Map<String, Function<Arguments, @Nullable Object>> functions) {
        Interpreter interpreter = interpreter(variables);
        return interpreter.run(() -> {
            Context context = interpreter.getContext();
            JinjaFilters.FUNCTIONS.forEach((name, body) -> register(name, body, context));
            functions.forEach((name, body) -> register(name, body, context));
            return interpreter.render(template, false);
        });
    }

    private static void register(String name, Function<Arguments, @Nullable Object> body, Context context) {
        PythonFunction function = new PythonFunction(name, body, context);
        context.addGlobalMacro(function);
        // As a variable too, for templates that ask whether it is defined.
        context.put(name, function);
    }

    private Interpreter interpreter(Map<String, @Nullable Object> variables) {
        return new Interpreter(this, new Context(getGlobalContextCopy(), variables, this.config.getDisabled()),
                this.config);
    }

    private static JinjavaConfig configuration(Map<Context.Library, Set<String>> disabled) {
        return JinjavaConfig.newBuilder()
            .withDisabled(disabled)
            .withElResolver(new PythonResolver())
            .withNestedInterpretationEnabled(false)
            .withEnableRecursiveMacroCalls(true)
            .withMaxMacroRecursionDepth(MAX_DEPTH)
            .withMaxRenderDepth(MAX_DEPTH)
            .withMaxOutputSize(PythonValues.MAX_TEXT)
            .withMaxStringLength(PythonValues.MAX_TEXT)
            .withMaxListSize(PythonValues.MAX_ELEMENTS)
            .withMaxMapSize(PythonValues.MAX_ELEMENTS)
            .withKeepTrailingNewline(true)
            .withLegacyOverrides(LegacyOverrides.newBuilder()
                .withEvaluateMapKeys(true)
                .withParseWhitespaceControlStrictly(true)
                .build())
            .build();
    }

    private static Set<String> others(Iterable<? extends Importable> all, Set<String> allowed) {
        Set<String> names = new HashSet<>();
        all.forEach((each) -> names.add(each.getName()));
        names.removeAll(allowed);
        names.removeIf((name) -> name.startsWith("end") && allowed.contains(name.substring(3)));
        return names;
    }

    /** Why a rendering ended, with the line of the template. */
    static final class RenderException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RenderException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

    }

    /** What the template itself said with {@code raise_exception}. */
    static final class RaisedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RaisedException(String message) {
            super(message);
        }

    }

    /**
     * Arguments of a filter, test or function.
     *
     * @param values the arguments without a name
     * @param named the arguments with a name
     */
    record Arguments(List<@Nullable Object> values, Map<String, @Nullable Object> named) {

        @Nullable Object get(int index, String name) {
            return get(index, name, null);
        }

        @Nullable Object get(int index, String name, @Nullable Object missing) {
            if (this.named.containsKey(name)) {
                return this.named.get(name);
            }
            return (index < this.values.size()) ? this.values.get(index) : missing;
        }

        static Arguments of(@Nullable Object[] all, int from) {
            List<@Nullable Object> values = new ArrayList<>();
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            for (int i = from; i < all.length; i++) {
                if (all[i] instanceof NamedParameter parameter) {
                    named.put(parameter.getName(), parameter.getValue());
                }
                else {
                    values.add(all[i]);
                }
            }
            return new Arguments(values, named);
        }

    }

    /** A filter: value and arguments to value. */
    interface FilterBody {

        @Nullable Object apply(@Nullable Object value, Arguments arguments);

    }

    /** A test: value and arguments to yes or no. */
    interface TestBody {

        boolean test(@Nullable Object value, Arguments arguments);

    }

    private static final class Interpreter extends JinjavaInterpreter {

        private @Nullable RenderException failure;

        private int iterations;

        Interpreter(Jinjava engine, Context context, JinjavaConfig config) {
            super(engine, context, config);
        }

        <T> T run(Supplier<T> action) {
            try (AutoCloseableSupplier.AutoCloseableImpl<JinjavaInterpreter> current = JinjavaInterpreter
                .closeablePushCurrent(this)
                .get()) {
                T result = action.get();
                if (this.failure != null) {
                    throw this.failure;
                }
                return result;
            }
            catch (RenderException ex) {
                throw ex;
            }
            catch (RuntimeException ex) {
                throw (this.failure != null) ? this.failure
                        : failure(ex, String.valueOf(ex.getMessage()), getLineNumber());
            }
            catch (StackOverflowError ex) {
                throw new RenderException("the template is nested too deeply", ex);
            }
        }

        void countIteration() {
            if (++this.iterations > MAX_ITERATIONS) {
                throw new PythonValues.PythonException("loops run more than " + MAX_ITERATIONS + " times");
            }
        }

        @Override
        public void addError(TemplateError error) {
            if (this.failure == null) {
                this.failure = failure(error.getException(), error.getMessage(), error.getLineno());
            }
            throw this.failure;
        }

        private static RenderException failure(@Nullable Throwable thrown, String message, int line) {
            Throwable cause = thrown;
            while (cause != null && !(cause instanceof RaisedException)
                    && !(cause instanceof PythonValues.PythonException)) {
                cause = cause.getCause();
            }
            if (cause instanceof RaisedException raised) {
                return new RenderException(String.valueOf(raised.getMessage()), raised);
            }
            String reason = (cause != null) ? String.valueOf(cause.getMessage()) : message;
            return new RenderException("line " + line + ": " + reason, (cause != null) ? cause : thrown);
        }

        @Override
        public @Nullable Object retraceVariable(String variable, int lineNumber, int startPosition) {
            // The nearest scope that has the name, even if it holds none there.
            for (Context scope = getContext(); scope != null; scope = scope.getParent()) {
                if (scope.getScope().containsKey(variable)) {
                    return scope.getScope().get(variable);
                }
            }
            return null;
        }

        @Override
        public String getAsString(@Nullable Object object) {
            return PythonValues.str(object);
        }

    }

    private static final class PythonConverter extends TruthyTypeConverter {

        private static final long serialVersionUID = 1L;

        @Override
        protected Boolean coerceToBoolean(@Nullable Object value) {
            return PythonValues.truth(value);
        }

        @Override
        protected String coerceToString(@Nullable Object value) {
            return PythonValues.str(value);
        }

    }

    private static final class PythonSyntax extends ExtendedSyntaxBuilder {

        private static final long serialVersionUID = 1L;

        PythonSyntax() {
            super(Builder.Feature.METHOD_INVOCATIONS, Builder.Feature.VARARGS);
        }

        @Override
        protected Parser createParser(String expression) {
            return new PythonParser(this, expression);
        }

    }

    private static final class PythonParser extends ExtendedParser {

        private static final Map<AstBinary.Operator, AstBinary.Operator> OPERATORS = Map.of(AdditionOperator.OP,
                new Operator(PythonValues::add), AstBinary.MUL, new Operator(PythonValues::multiply), AstBinary.MOD,
                new Operator(PythonValues::modulo), AstBinary.EQ, new Operator(PythonValues::equal), AstBinary.NE,
                new Operator((left, right) -> !PythonValues.equal(left, right)), AstBinary.AND, new And());

        private static final AstBinary.Operator FLOOR_DIVIDE = new Operator(PythonValues::floorDivide);

        private static final AstBinary.Operator IN = new Operator((left, right) -> PythonValues.contains(right, left));

        private static final AstBinary.Operator NOT_IN = new Operator(
                (left, right) -> !PythonValues.contains(right, left));

        PythonParser(Builder context, String input) {
            super(context, input);
            putExtensionHandler(CollectionMembershipOperator.TOKEN, handler(ExtensionPoint.CMP, IN));
            putExtensionHandler(CollectionNonMembershipOperator.TOKEN, handler(ExtensionPoint.CMP, NOT_IN));
            putExtensionHandler(TruncDivOperator.TOKEN, handler(ExtensionPoint.MUL, FLOOR_DIVIDE));
        }

        private static ExtensionHandler handler(ExtensionPoint point, AstBinary.Operator operator) {
            return new ExtensionHandler(point) {
                @Override
                public AstNode createAstNode(AstNode... children) {
                    return new AstBinary(children[0], children[1], operator);
                }
            };
        }

        @Override
        protected AstBinary createAstBinary(AstNode left, AstNode right, AstBinary.Operator operator) {
            return super.createAstBinary(left, right, OPERATORS.getOrDefault(operator, operator));
        }

        @Override
        protected AstNode and(boolean required) throws Scanner.ScanException, ParseException {
            AstNode left = negation(required);
            while (left != null && getToken().getSymbol() == Scanner.Symbol.AND) {
                consumeToken();
                left = createAstBinary(left, negation(true), AstBinary.AND);
            }
            return left;
        }

        // In Python "not" binds less tightly than comparisons.
        private AstNode negation(boolean required) throws Scanner.ScanException, ParseException {
            if (getToken().getSymbol() == Scanner.Symbol.NOT) {
                consumeToken();
                return createAstUnary(negation(true), AstUnary.NOT);
            }
            return eq(required);
        }

        @Override
        protected AstNode value() throws Scanner.ScanException, ParseException {
            AstNode value = super.value();
            // jinjava reads filters or a test behind a value; Python's grammar has
            // filters and then a test.
            while (value != null && lookaheadIs("|")) {
                value = parseFiltersAsNestedMethods(value);
            }
            while (value != null && lookaheadIs("is")) {
                consumeToken();
                boolean negated = getToken().getSymbol() == Scanner.Symbol.NOT;
                if (negated) {
                    consumeToken();
                }
                String test = consumeToken().getImage();
                List<AstNode> parameters = new ArrayList<>(List.of(value, interpreter()));
                AstNode argument = value();
                if (argument != null) {
                    parameters.add(argument);
                }
                value = createAstMethod(
                        createAstDot(identifier(EXPTEST_PREFIX + test), negated ? "evaluateNegated" : "evaluate", true),
                        createAstParameters(parameters));
            }
            return value;
        }

        private boolean lookaheadIs(String image) {
            return image.equals(getToken().getImage());
        }

        // Python's "and" is one of its operands.
        private static final class And implements AstBinary.Operator {

            @Override
            public @Nullable Object eval(Bindings bindings, ELContext context, AstNode left, AstNode right) {
                Object first = left.eval(bindings, context);
                return PythonValues.truth(first) ? right.eval(bindings, context) : first;
            }

        }

        private static final class Operator extends AstBinary.SimpleOperator {

            private final BiFunction<@Nullable Object, @Nullable Object, @Nullable Object> body;

            Operator(BiFunction<@Nullable Object, @Nullable Object, @Nullable Object> body) {
                this.body = body;
            }

            @Override
            protected @Nullable Object apply(TypeConverter converter, @Nullable Object left, @Nullable Object right) {
                return this.body.apply(left, right);
            }

        }

    }

    private static final class PythonResolver extends ELResolver {

        @Override
        public @Nullable Object getValue(ELContext context, Object base, Object property) {
            context.setPropertyResolved(true);
            return PythonValues.element(base, String.valueOf(property));
        }

        @Override
        public @Nullable Object invoke(ELContext context, Object base, Object method, Class<?> @Nullable [] types,
                @Nullable Object[] parameters) {
            context.setPropertyResolved(true);
            if (base instanceof PythonFilter filter) {
                // (value, interpreter, arguments, named arguments)
                @SuppressWarnings("unchecked")
                Map<String, @Nullable Object> named = (Map<String, @Nullable Object>) parameters[3];
                return filter.body.apply(parameters[0],
                        new Arguments(Arrays.asList((@Nullable Object[]) parameters[2]), named));
            }
            if (base instanceof PythonTest test) {
                boolean result = test.body.test(parameters[0], Arguments.of(parameters, 2));
                return result != "evaluateNegated".equals(method);
            }
            return PythonValues.call(base, String.valueOf(method), Arrays.asList(parameters));
        }

        @Override
        public Class<?> getType(ELContext context, Object base, Object property) {
            return Object.class;
        }

        @Override
        public void setValue(ELContext context, Object base, Object property, Object value) {
            throw new PythonValues.PythonException("values cannot be changed");
        }

        @Override
        public boolean isReadOnly(ELContext context, Object base, Object property) {
            return true;
        }

        @Override
        public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
            return Collections.emptyIterator();
        }

        @Override
        public Class<?> getCommonPropertyType(ELContext context, Object base) {
            return Object.class;
        }

    }

    private static final class PythonFilter implements Filter {

        private final String name;

        private final FilterBody body;

        PythonFilter(String name, FilterBody body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public String getName() {
            return this.name;
        }

        @Override
        public @Nullable Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
            return this.body.apply(value, Arguments.of(arguments, 0));
        }

    }

    private static final class PythonTest implements ExpTest {

        private final String name;

        private final TestBody body;

        PythonTest(String name, TestBody body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public String getName() {
            return this.name;
        }

        @Override
        public boolean evaluate(Object value, JinjavaInterpreter interpreter, Object... arguments) {
            return this.body.test(value, Arguments.of(arguments, 0));
        }

    }

    private static final class PythonFunction extends MacroFunction {

        private final Function<Arguments, @Nullable Object> body;

        PythonFunction(String name, Function<Arguments, @Nullable Object> body, Context context) {
            super(List.of(), name, new LinkedHashMap<>(), true, context, 0, 0);
            this.body = body;
        }

        @Override
        public @Nullable Object doEvaluate(Map<String, Object> arguments, Map<String, Object> named,
                List<Object> values) {
            return this.body.apply(new Arguments(new ArrayList<>(values), new LinkedHashMap<>(named)));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

    }

    private static final class PythonIfTag extends IfTag {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean isPositiveIfElseNode(TagNode node, JinjavaInterpreter interpreter) {
            return PythonValues.truth(interpreter.resolveELExpression(node.getHelpers(), node.getLineNumber()));
        }

    }

    private static final class PythonForTag extends ForTag {

        private static final long serialVersionUID = 1L;

        @Override
        public String interpret(TagNode node, JinjavaInterpreter interpreter) {
            String[] parts = node.getHelpers().strip().split("\\s+in\\s+", 2);
            if (parts.length < 2) {
                throw new PythonValues.PythonException("'for' needs 'in'");
            }
            List<String> names = Arrays.stream(parts[0].replaceAll("[()]", "").split(",")).map(String::strip).toList();
            int filter = parts[1].indexOf(JinjaSource.LOOP_FILTER);
            String source = (filter < 0) ? parts[1] : parts[1].substring(0, filter);
            List<@Nullable Object> elements = PythonValues
                .iterate(interpreter.resolveELExpression(source, node.getLineNumber()));
            if (filter >= 0) {
                String condition = parts[1].substring(filter + JinjaSource.LOOP_FILTER.length());
                elements = elements.stream()
                    .filter((element) -> passes(node, interpreter, names, element, condition))
                    .collect(Collectors.toCollection(ArrayList::new));
            }
            return render(node, interpreter, names, elements);
        }

        private static boolean passes(TagNode node, JinjavaInterpreter interpreter, List<String> names,
                @Nullable Object element, String condition) {
            try (JinjavaInterpreter.InterpreterScopeClosable scope = interpreter.enterScope()) {
                assign(interpreter, names, element);
                return PythonValues.truth(interpreter.resolveELExpression(condition, node.getLineNumber()));
            }
        }

        private static String render(TagNode node, JinjavaInterpreter interpreter, List<String> names,
                List<@Nullable Object> elements) {
            List<Node> body = new ArrayList<>();
            List<Node> otherwise = new ArrayList<>();
            List<Node> target = body;
            for (Node child : node.getChildren()) {
                if (child instanceof TagNode tag && tag.getName().equals(ElseTag.TAG_NAME)) {
                    target = otherwise;
                }
                else {
                    target.add(child);
                }
            }
            LengthLimitingStringBuilder text = new LengthLimitingStringBuilder(
                    interpreter.getConfig().getMaxOutputSize());
            JinjaLoop loop = new JinjaLoop(elements);
            while (loop.hasNext()) {
                if (interpreter instanceof Interpreter own) {
                    own.countIteration();
                }
                Object element = loop.next();
                try (JinjavaInterpreter.InterpreterScopeClosable scope = interpreter.enterScope()) {
                    interpreter.getContext().put(LOOP, loop);
                    assign(interpreter, names, element);
                    for (Node child : body) {
                        text.append(child.render(interpreter).getValue());
                        if (loop.isContinued()) {
                            break;
                        }
                    }
                }
            }
            if (elements.isEmpty()) {
                for (Node child : otherwise) {
                    text.append(child.render(interpreter).getValue());
                }
            }
            return text.toString();
        }

        private static void assign(JinjavaInterpreter interpreter, List<String> names, @Nullable Object element) {
            Context context = interpreter.getContext();
            if (names.size() == 1) {
                context.put(names.get(0), element);
                return;
            }
            List<@Nullable Object> values = PythonValues.iterate(element);
            if (values.size() != names.size()) {
                throw new PythonValues.PythonException(
                        "cannot unpack " + values.size() + " values into " + names.size() + " loop variables");
            }
            for (int i = 0; i < values.size(); i++) {
                context.put(names.get(i), values.get(i));
            }
        }

    }

}
