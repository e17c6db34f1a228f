package dev.cerberus.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.testing.ChainModels;
import dev.cerberus.text.ChatTemplateException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests of which most have something odd about them: each is answered or refused by
 * one message that names what is wrong, and the engine serves on.
 *
 * <p>
 * {@code -Dcerberus.mutants=N} asks more of them, {@code -Dcerberus.mutants.seed=S}
 * others.
 */
class RequestMutantTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final String TEMPLATE = """
            {%- if tools %}<|im_start|>system:{% for t in tools %}{{ t | tojson }}{% endfor %}<|im_end|>{% endif %}\
            {%- for m in messages %}<|im_start|>{{ m.role }}:{{ m.content }}\
            {%- for c in m.tool_calls or [] %}<tool_call>{{ c.function.name }}{{ c.function.arguments | tojson }}\
            {%- endfor %}{% if m.role == 'tool' %}{{ m.tool_call_id }}{{ m.name }}{% endif %}<|im_end|>{% endfor %}\
            {%- if add_generation_prompt %}<|im_start|>~{% endif %}""";

    private static final Pattern NAMED = Pattern.compile("prompt|conversation|message|tool|stop|output tokens"
            + "|temperature|top-k|top-p|nodes|threshold|shape|path|template|token|drafting|profile|text");

    @TempDir
    private Path directory;

    @Test
    void everyMutantIsAnsweredOrRefusedByOneMessage() throws Exception {
        ChainModels model = ChainModels.in(this.directory).answers("H", "e", "l", "o", ".", "<|im_end|>");
        model.tokenizerConfig().put("chat_template", TEMPLATE);
        int mutants = Integer.getInteger("cerberus.mutants", 1000);
        long first = Long.getLong("cerberus.mutants.seed", 1);
        Map<String, Integer> outcomes = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        EngineOptions options = EngineOptions.builder(model.write().toString()).precision("fp32").device("cpu").build();
        try (CerberusEngine engine = CerberusEngine.open(options)) {
            for (long seed = first; seed < first + mutants; seed++) {
                String outcome = tryOut(engine, seed);
                outcomes.merge(outcome.split(" ")[0], 1, Integer::sum);
                if (outcome.startsWith("FAULT")) {
                    faults.add("seed " + seed + ": " + outcome);
                }
            }
            LoggerFactory.getLogger(RequestMutantTests.class).info("{} requests: {}", mutants, outcomes);
            assertThat(faults).isEmpty();
            assertThat(outcomes).containsKeys("answered", "IllegalArgumentException", "PromptTooLongException");
            assertThat(engine.awaitIdle(LIMIT)).isTrue();
            assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
            assertThat(engine.cachedTokens()).isZero();
        }
    }

    private static String tryOut(CerberusEngine engine, long seed) throws InterruptedException {
        GenerationRequest request;
        try {
            request = new HostileRequests(seed).next();
        }
        catch (RuntimeException ex) {
            return refusal(ex, ex.getClass() == IllegalArgumentException.class);
        }
        CompletableFuture<GenerationResult> answer = new CompletableFuture<>();
        try {
            engine.submit(request, new GenerationListener() {
                @Override
                public void onComplete(GenerationResult result) {
                    answer.complete(result);
                }

                @Override
                public void onError(RuntimeException error) {
                    answer.completeExceptionally(error);
                }
            });
            answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return "answered";
        }
        catch (TimeoutException ex) {
            return "FAULT no answer within " + LIMIT;
        }
        catch (ExecutionException ex) {
            return refusal(ex.getCause(), false);
        }
        catch (RuntimeException | Error ex) {
            return refusal(ex, false);
        }
    }

    /* What the engine refuses has a name of its own, by which fronts know it. */
    private static String refusal(Throwable refusal, boolean ofTheRequest) {
        String message = String.valueOf(refusal.getMessage());
        boolean own = ofTheRequest || refusal instanceof PromptTooLongException
                || refusal instanceof EmptyPromptException || refusal instanceof UnknownTokenException
                || refusal instanceof UnknownPromptTokenException || refusal instanceof ChatTemplateException;
        if (!own || !NAMED.matcher(message).find() || message.contains("\n") || message.length() > 1500) {
            StackTraceElement[] trace = refusal.getStackTrace();
            return "FAULT " + refusal + ((trace.length > 0) ? " at " + trace[0] : "");
        }
        return refusal.getClass().getSimpleName() + " " + message;
    }

}
