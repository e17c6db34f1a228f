package dev.cerberus.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.engine.TokenCounter;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.text.ChatMessage;

/**
 * A model that answers by script, in an engine's place, for tests of what is built on
 * one. Nothing is loaded.
 *
 * <pre class="code">
 * model.answer("I do not know.");
 * model.when("weather").answer(ScriptedAnswer.toolCall("weather", "{\"city\": \"Rome\"}"),
 *         ScriptedAnswer.text("It is sunny in Rome."));
 * </pre>
 *
 * <p>
 * A request is answered by the rule that was added last of those that fit it; a rule
 * gives its answers in turn, and the last one again and again. A request that fits none
 * fails with an {@link AssertionError} on the thread that asks.
 *
 * <p>
 * As with an engine, answers come on other threads, end at a stop string or when they
 * have as many tokens as they may have, and can be cancelled; a prompt beyond
 * {@value #CONTEXT} tokens is refused. A token is a word with the blanks before it, its
 * id means nothing. What an engine enforces is the script's own business: an answer to a
 * request for JSON has to be that JSON. Thread-safe.
 */
public final class ScriptedModel implements TextGenerator, TokenCounter {

    /** The longest prompt and answer together, in tokens. */
    public static final int CONTEXT = 8192;

    /** What a chat template writes around a message, in tokens. */
    private static final int FRAME = 4;

    private final String name;

    private final List<Rule> rules = new CopyOnWriteArrayList<>();

    private final List<GenerationRequest> requests = new CopyOnWriteArrayList<>();

    private final Set<ScriptedRun> active = ConcurrentHashMap.newKeySet();

    private final AtomicInteger ids = new AtomicInteger();

    /**
     * Creates a model of the name {@code scripted}.
     */
    public ScriptedModel() {
        this("scripted");
    }

    /**
     * Creates a model.
     * @param name the name that it reports
     */
    public ScriptedModel(String name) {
        this.name = name;
    }

    /**
     * Answers every request that no later rule fits.
     * @param texts the answers in turn, at least one
     * @return this model
     */
    public ScriptedModel answer(String... texts) {
        return new When("anything", (request) -> true).answer(texts);
    }

    /**
     * Answers every request that no later rule fits.
     * @param answers the answers in turn, at least one
     * @return this model
     */
    public ScriptedModel answer(ScriptedAnswer... answers) {
        return new When("anything", (request) -> true).answer(answers);
    }

    /**
     * Begins a rule for requests whose last message of the user, or text to continue,
     * contains a text.
     * @param part the text
     * @return what takes the answers
     */
    public When when(String part) {
        return new When("\"" + part + "\"", (request) -> question(request.prompt()).contains(part));
    }

    /**
     * Begins a rule for requests that fulfil a condition.
     * @param condition tells whether a request does
     * @return what takes the answers
     */
    public When when(Predicate<GenerationRequest> condition) {
        return new When("a condition", condition);
    }

    /**
     * Returns the requests so far, those that were refused included.
     * @return the requests in the order in which they came
     */
    public List<GenerationRequest> requests() {
        return List.copyOf(this.requests);
    }

    /**
     * Returns the messages of the last request.
     * @return the messages, those of the system first; none if there was no request or it
     * was no conversation
     */
    public List<ChatMessage> lastConversation() {
        List<GenerationRequest> all = requests();
        return (!all.isEmpty() && all.get(all.size() - 1).prompt() instanceof Prompt.Chat chat) ? chat.messages()
                : List.of();
    }

    /**
     * Returns the number of requests whose answers are being written.
     * @return 0 or more
     */
    public int activeRequests() {
        return this.active.size();
    }

    /**
     * Waits until no answer is being written any more.
     * @param timeout the longest wait
     * @return whether that is so
     * @throws InterruptedException if the thread was interrupted meanwhile
     */
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (this.active) {
            long left = deadline - System.nanoTime();
            while (!this.active.isEmpty() && left > 0) {
                this.active.wait(1 + left / 1_000_000);
                left = deadline - System.nanoTime();
            }
            return this.active.isEmpty();
        }
    }

    /**
     * Forgets rules and requests, and cancels what is being answered.
     */
    public void reset() {
        this.rules.clear();
        this.requests.clear();
        this.active.forEach(ScriptedRun::cancel);
    }

    @Override
    public EngineDescription description() {
        return new EngineDescription(this.name, "a script", new ModelDimensions(CONTEXT, 1, CONTEXT), "cpu", "fp32",
                Optional.empty(), 0, true, List.of());
    }

    @Override
    public GateOptions gate() {
        return GateOptions.DEFAULT;
    }

    /**
     * Returns the gate of a task, of which a script has one for every name.
     */
    @Override
    public GateOptions gate(String profile) {
        return GateOptions.DEFAULT.withProfile(profile);
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        this.requests.add(request);
        int promptTokens = countTokens(request.prompt());
        if (promptTokens >= CONTEXT) {
            throw new PromptTooLongException(promptTokens, CONTEXT);
        }
        ScriptedAnswer answer = next(request);
        answer.refusal().ifPresent((refusal) -> {
            throw refusal;
        });
        ScriptedRun[] run = new ScriptedRun[1];
        run[0] = new ScriptedRun("scripted-" + this.ids.incrementAndGet(), request, promptTokens, answer, listener,
                () -> ended(run[0]));
        this.active.add(run[0]);
        Thread thread = new Thread(null, run[0], run[0].id(), 0, false);
        thread.setDaemon(true);
        thread.start();
        return run[0];
    }

    private void ended(ScriptedRun run) {
        synchronized (this.active) {
            this.active.remove(run);
            this.active.notifyAll();
        }
    }

    private ScriptedAnswer next(GenerationRequest request) {
        for (int at = this.rules.size() - 1; at >= 0; at--) {
            if (this.rules.get(at).condition.test(request)) {
                return this.rules.get(at).next();
            }
        }
        throw new AssertionError(
                "No answer is scripted for \"" + question(request.prompt()) + "\"; "
                        + (this.rules.isEmpty() ? "no answers are scripted yet" : "there are answers to "
                                + this.rules.stream().map((rule) -> rule.description).collect(Collectors.joining(", ")))
                        + ". Add one: model.when(\"…\").answer(\"…\")");
    }

    private static String question(Prompt prompt) {
        if (prompt instanceof Prompt.Chat chat) {
            return chat.messages()
                .stream()
                .filter((message) -> message.role() == ChatMessage.Role.USER)
                .reduce((earlier, later) -> later)
                .map(ChatMessage::content)
                .orElse("");
        }
        return (prompt instanceof Prompt.Raw raw) ? raw.text() : "";
    }

    @Override
    public int countTokens(String text) {
        return ScriptedAnswer.words(text).size();
    }

    @Override
    public int countTokens(Prompt prompt) {
        if (prompt instanceof Prompt.Chat chat) {
            return FRAME + chat.messages()
                .stream()
                .flatMap((message) -> Stream.concat(Stream.of(message.content()),
                        message.toolCalls().stream().map(ChatMessage.ToolCall::argumentsJson)))
                .mapToInt((text) -> FRAME + countTokens(text))
                .sum();
        }
        return (prompt instanceof Prompt.Raw raw) ? Math.max(1, countTokens(raw.text()))
                : ((Prompt.Tokens) prompt).ids().length;
    }

    /**
     * The beginning of a rule.
     */
    public final class When {

        private final String description;

        private final Predicate<GenerationRequest> condition;

        private When(String description, Predicate<GenerationRequest> condition) {
            this.description = description;
            this.condition = condition;
        }

        /**
         * Adds the rule.
         * @param texts the answers in turn, at least one
         * @return the model
         */
        public ScriptedModel answer(String... texts) {
            return answer(Stream.of(texts).map(ScriptedAnswer::text).toArray(ScriptedAnswer[]::new));
        }

        /**
         * Adds the rule.
         * @param answers the answers in turn, at least one
         * @return the model
         * @throws IllegalArgumentException if there is no answer
         */
        public ScriptedModel answer(ScriptedAnswer... answers) {
            if (answers.length == 0) {
                throw new IllegalArgumentException("a rule needs at least one answer");
            }
            ScriptedModel.this.rules.add(new Rule(this.description, this.condition, new ArrayList<>(List.of(answers))));
            return ScriptedModel.this;
        }

    }

    /**
     * A rule.
     *
     * @param description what it fits, for people
     * @param condition what it fits
     * @param answers the answers that are left, never none
     */
    private record Rule(String description, Predicate<GenerationRequest> condition, List<ScriptedAnswer> answers) {

        ScriptedAnswer next() {
            synchronized (this.answers) {
                return (this.answers.size() > 1) ? this.answers.remove(0) : this.answers.get(0);
            }
        }

    }

}
