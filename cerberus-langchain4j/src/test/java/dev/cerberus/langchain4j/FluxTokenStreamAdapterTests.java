package dev.cerberus.langchain4j;

import java.time.Duration;

import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

import dev.langchain4j.exception.RateLimitException;

import dev.cerberus.engine.QueueFullException;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FluxTokenStreamAdapterTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedGenerator generator = new ScriptedGenerator();

    private final Assistant assistant = AiServices.builder(Assistant.class)
        .streamingChatModel(CerberusStreamingChatModel.builder(this.generator).build())
        .build();

    interface Assistant {

        Flux<String> chat(String question);

    }

    @Test
    void serviceStreamsThePieces() {
        this.generator.target("Hel").draft("lo");
        assertThat(this.assistant.chat("Hi").collectList().block(PATIENCE)).containsExactly("Hel", "lo");
    }

    @Test
    void leavingTheStreamCancelsTheRequest() throws Exception {
        this.generator.target("a", "b").endless().pause(Duration.ofMillis(1));
        assertThat(this.assistant.chat("Hi").take(3).collectList().block(PATIENCE)).containsExactly("a", "b", "a");
        assertThat(this.generator.awaitCancelled(PATIENCE)).isTrue();
    }

    @Test
    void leavingBeforeTheFirstPieceCancelsTheRequestToo() throws Exception {
        this.generator.endless().pause(Duration.ofMillis(1));
        Disposable subscription = this.assistant.chat("Hi").subscribe();
        subscription.dispose();
        assertThat(this.generator.awaitCancelled(PATIENCE)).isTrue();
    }

    @Test
    void refusalIsTheStreamsError() {
        this.generator.refusing(new QueueFullException(64));
        assertThatExceptionOfType(RateLimitException.class)
            .isThrownBy(() -> this.assistant.chat("Hi").blockLast(PATIENCE));
    }

}
