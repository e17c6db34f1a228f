package dev.cerberus.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ScriptedModelTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedModel model = new ScriptedModel();

    private String ask(String question) {
        return this.model.generate(request(question)).text();
    }

    private static GenerationRequest request(String question) {
        return GenerationRequest.greedy(new Prompt.Chat(
                List.of(ChatMessage.system("Be brief about the weather"), ChatMessage.user(question)), List.of()), 100);
    }

    private static GenerationRequest stopping(String question, String... stops) {
        return new GenerationRequest(new Prompt.Raw(question), SamplingOptions.GREEDY, 100, 0, List.of(stops),
                Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
    }

    @Test
    void ruleAddedLastOfThoseThatFitAnswers() {
        this.model.answer("I do not know.").when("weather").answer("It is sunny.");
        assertThat(ask("How is the weather?")).isEqualTo("It is sunny.");
        assertThat(ask("Who are you?")).isEqualTo("I do not know.");
    }

    /** Those of the engine are in the application's configuration, which is not read. */
    @Test
    void everyProfileHasAGate() {
        assertThat(this.model.gate("code").profile()).contains("code");
    }

    @Test
    void ruleGivesItsAnswersInTurnAndTheLastOneAgain() {
        this.model.answer("one", "two");
        assertThat(List.of(ask("a"), ask("b"), ask("c"))).containsExactly("one", "two", "two");
    }

    @Test
    void ruleMayLookAtTheWholeRequest() {
        this.model.answer("long").when((request) -> request.maxOutputTokens() < 5).answer("short");
        assertThat(this.model.generate(GenerationRequest.greedy(new Prompt.Raw("Hi"), 4)).text()).isEqualTo("short");
        assertThat(ask("Hi")).isEqualTo("long");
    }

    @Test
    void requestThatNoRuleFitsFailsInWordsThatSayWhatToAdd() {
        this.model.when("weather").answer("It is sunny.");
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> ask("Who are you?"))
            .withMessageContainingAll("\"Who are you?\"", "answers to \"weather\"", "model.when(");
        assertThat(this.model.activeRequests()).isZero();
    }

    @Test
    void ruleWithoutAnswersIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> this.model.when("Hi").answer(new ScriptedAnswer[0]));
    }

    @Test
    void tokensAreWordsWithTheBlanksBeforeThem() {
        this.model.answer("And then\n she left. ");
        List<String> pieces = new ArrayList<>();
        GenerationResult result = this.model.generate(request("Hi"), (piece, origin) -> pieces.add(piece));
        assertThat(pieces).containsExactly("And", " then", "\n she", " left.", " ");
        assertThat(result.text()).isEqualTo("And then\n she left. ");
        assertThat(result.tokens()).hasSize(5);
        assertThat(this.model.countTokens(result.text())).isEqualTo(5);
        assertThat(this.model.countTokens("")).isZero();
    }

    @Test
    void promptIsCountedWithWhatATemplateWouldWrite() {
        this.model.answer("ok");
        // 5 and 2 words, each message with 4 tokens around it, and 4 that begin the
        // answer
        assertThat(this.model.generate(request("Hi there")).statistics().promptTokens()).isEqualTo(19);
    }

    @Test
    void draftsComeInOneStepWithTheTokenAfterThem() throws Exception {
        this.model.answer(ScriptedAnswer.tokens("a").thenDrafted("b", "c").then(ScriptedAnswer.tokens("d", "e")));
        Outcome outcome = new Outcome();
        this.model.submit(request("Hi"), outcome);
        GenerationResult result = outcome.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(outcome.seen).containsExactly("a", "b*", "c*", "d", "step 2", "e", "step 0");
        assertThat(result.statistics().steps()).isEqualTo(2);
        assertThat(result.statistics().draftSteps()).isOne();
        assertThat(result.statistics().acceptedDraftTokens()).isEqualTo(2);
    }

    @Test
    void draftsAtTheEndComeInAStepToo() throws Exception {
        this.model.answer(ScriptedAnswer.tokens("Hel").thenDrafted("l", "o"));
        Outcome outcome = new Outcome();
        this.model.submit(request("Hi"), outcome);
        GenerationResult result = outcome.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(outcome.seen).containsExactly("Hel", "l*", "o*", "step 2");
        assertThat(result.statistics().steps()).isOne();
        assertThat(result.statistics().draftSteps()).isOne();
        assertThat(result.statistics().acceptanceLength()).isEqualTo(3);
    }

    @Test
    void answerEndsAtAStopStringAndWithTheMostTokens() {
        this.model.answer("one two three four");
        GenerationResult stopped = this.model.generate(stopping("Hi", "o three"));
        assertThat(stopped.text()).isEqualTo("one tw");
        assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
        GenerationResult cut = this.model.generate(GenerationRequest.greedy(new Prompt.Raw("Hi"), 3));
        assertThat(cut.text()).isEqualTo("one two three");
        assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(this.model.generate(stopping("Hi", "four times")).text()).isEqualTo("one two three four");
    }

    @Test
    void probabilitiesAreToldWhereTheyAreAskedFor() {
        this.model.answer("one two");
        assertThat(this.model.generate(request("Hi")).logprobs()).isEmpty();
        assertThat(this.model.generate(request("Hi").withLogprobs(2)).logprobs()).hasSize(2)
            .allSatisfy((token) -> assertThat(token.logprob()).isZero())
            .extracting((token) -> token.text())
            .containsExactly("one", " two");
    }

    @Test
    void refusalIsThrownAndFailureEndsTheAnswer() throws Exception {
        this.model.answer(ScriptedAnswer.refusal(new QueueFullException(64)),
                ScriptedAnswer.text("Once upon").thenFailure(new IllegalStateException("broken")));
        assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> ask("Hi"));
        Outcome outcome = new Outcome();
        this.model.submit(request("Hi"), outcome);
        assertThat(outcome.end).failsWithin(PATIENCE).withThrowableThat().withMessageContaining("broken");
        assertThat(outcome.seen).containsExactly("Once", " upon", "step 0");
        assertThat(this.model.activeRequests()).isZero();
    }

    @Test
    void promptBeyondTheContextIsRefused() {
        this.model.answer("never");
        assertThatExceptionOfType(PromptTooLongException.class)
            .isThrownBy(() -> ask("word ".repeat(ScriptedModel.CONTEXT)));
    }

    @Test
    void promptAndAnswerTogetherFitTheContext() {
        this.model.answer("one two three four five");
        GenerationResult result = this.model
            .generate(GenerationRequest.greedy(new Prompt.Tokens(new int[ScriptedModel.CONTEXT - 3]), 100));
        assertThat(result.text()).isEqualTo("one two three");
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void cancellationEndsAnAnswerWithinItsPause() throws Exception {
        this.model.answer(ScriptedAnswer.text("word ").every(Duration.ofHours(1)));
        Outcome outcome = new Outcome();
        GenerationHandle handle = this.model.submit(request("Hi"), outcome);
        assertThat(this.model.activeRequests()).isOne();
        assertThat(this.model.awaitIdle(Duration.ofMillis(1))).isFalse();
        handle.cancel();
        assertThat(this.model.awaitIdle(PATIENCE)).isTrue();
        assertThat(outcome.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).finishReason())
            .isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void nothingComesBehindAFailureOrAnAnswerWithoutEnd() {
        ScriptedAnswer failing = ScriptedAnswer.text("Once").thenFailure(new IllegalStateException("broken"));
        ScriptedAnswer endless = ScriptedAnswer.text("la ").endless();
        ScriptedAnswer more = ScriptedAnswer.text(" upon");
        assertThatIllegalStateException().isThrownBy(() -> failing.then(more))
            .withMessage("Nothing comes behind a failure or an answer without end; put it last, or give the answer to "
                    + "the next request by itself: model.answer(first, second)");
        assertThatIllegalStateException().isThrownBy(() -> failing.thenDrafted(" upon"));
        assertThatIllegalStateException().isThrownBy(() -> endless.then(more));
        assertThatIllegalStateException().isThrownBy(failing::endless);
        assertThatIllegalStateException().isThrownBy(() -> failing.thenFailure(new IllegalStateException("again")));
        assertThatIllegalStateException().isThrownBy(() -> endless.thenFailure(new IllegalStateException("broken")));
        assertThat(more.then(failing).failure()).isPresent();
        assertThat(endless.thenDrafted("lo").isEndless()).isTrue();
    }

    @Test
    void refusalStandsByItself() {
        ScriptedAnswer refusal = ScriptedAnswer.refusal(new QueueFullException(64));
        ScriptedAnswer more = ScriptedAnswer.text("Once");
        assertThatIllegalStateException().isThrownBy(() -> refusal.then(more))
            .withMessage("Nothing comes behind a refusal; give the answer to the next request by itself: "
                    + "model.answer(first, second)");
        assertThatIllegalStateException().isThrownBy(() -> refusal.thenDrafted("Once"));
        assertThatIllegalStateException().isThrownBy(refusal::endless);
        assertThatIllegalStateException().isThrownBy(() -> refusal.thenFailure(new IllegalStateException("broken")));
        assertThatIllegalArgumentException().isThrownBy(() -> more.then(refusal))
            .withMessageStartingWith("A request that is answered was not refused; ");
    }

    @Test
    void endlessAnswerGoesOnToTheMostTokensAndSilenceToTheCancellation() throws Exception {
        this.model.answer(ScriptedAnswer.text("la la").endless(), ScriptedAnswer.tokens().endless());
        assertThat(this.model.generate(request("Sing")).tokens()).hasSize(100);
        Outcome silence = new Outcome();
        this.model.submit(request("Be silent"), silence).cancel();
        assertThat(silence.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).text()).isEmpty();
    }

    @Test
    void listenerThatThrowsIsToldTheRest() throws Exception {
        this.model.answer("one two");
        CountDownLatch ended = new CountDownLatch(1);
        List<String> pieces = new ArrayList<>();
        this.model.submit(request("Hi"), new GenerationListener() {

            @Override
            public void onText(String text, TokenOrigin origin) {
                pieces.add(text);
                throw new IllegalStateException("broken listener");
            }

            @Override
            public void onComplete(GenerationResult result) {
                ended.countDown();
            }

            @Override
            public void onError(RuntimeException error) {
                throw new AssertionError(error);
            }

        });
        assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(pieces).containsExactly("one", " two");
    }

    /** As with an engine, whose threads are those of many requests. */
    @Test
    void listenerFindsNothingThatThreadsInherit() {
        InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
        user.set("Ada");
        CompletableFuture<String> found = new CompletableFuture<>();
        this.model.answer("Yes.").submit(request("Who asks?"), new GenerationListener() {
            @Override
            public void onComplete(GenerationResult result) {
                found.complete("user " + user.get());
            }

            @Override
            public void onError(RuntimeException error) {
                found.completeExceptionally(error);
            }
        });
        assertThat(found).succeedsWithin(PATIENCE).isEqualTo("user null");
    }

    @Test
    void resetForgetsRulesAndRequestsAndCancels() throws Exception {
        this.model.answer(ScriptedAnswer.text("word").every(Duration.ofHours(1)));
        this.model.submit(request("Hi"), new Outcome());
        assertThat(this.model.lastConversation()).extracting(ChatMessage::content)
            .containsExactly("Be brief about the weather", "Hi");
        this.model.reset();
        assertThat(this.model.awaitIdle(PATIENCE)).isTrue();
        assertThat(this.model.requests()).isEmpty();
        assertThat(this.model.lastConversation()).isEmpty();
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> ask("Hi"))
            .withMessageContaining("no answers are scripted yet. Add one");
    }

    /** Writes down what a listener is told. */
    private static final class Outcome implements GenerationListener {

        private final List<String> seen = new ArrayList<>();

        private final CompletableFuture<GenerationResult> end = new CompletableFuture<>();

        @Override
        public void onText(String text, TokenOrigin origin) {
            this.seen.add((origin == TokenOrigin.DRAFT) ? text + "*" : text);
        }

        @Override
        public void onStep(DecodeStep step) {
            this.seen.add("step " + step.acceptedDraftTokens());
        }

        @Override
        public void onComplete(GenerationResult result) {
            this.end.complete(result);
        }

        @Override
        public void onError(RuntimeException error) {
            this.end.completeExceptionally(error);
        }

    }

}
